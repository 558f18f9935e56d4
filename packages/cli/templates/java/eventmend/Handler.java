package eventmend;

/** What a service does with one event: the states of the event's keys and the outputs follow from it. */
@FunctionalInterface
public interface Handler {
  void evolve(States states, Event event, Context context) throws Exception;
}
