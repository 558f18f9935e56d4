import eventmend.Context;
import eventmend.Event;
import eventmend.Json;
import eventmend.States;
import eventmend.Worker;

/**
 * What your service does with an event: states and event in, next states out. This one counts. Put the corrected handler of
 * your service in its place. Everything else (order, accounts, resuming, proof) is done around it. It must depend on nothing
 * but the states, the event and context.now().
 */
public final class Counter {
  private static String keyOf(Event event) {
    return event.key() == null ? "no key" : event.key();
  }

  private static void count(States states, Event event, Context context) {
    String key = keyOf(event);
    long events = ((Number) states.get(key).get("events")).longValue() + 1;
    context.emit("counted", events);
    states.set(key, Json.object("events", events, "lastOffset", event.offset()));
  }

  public static void main(String[] arguments) throws Exception {
    new Worker("__NAME__", "1.0.0")
        .key(Counter::keyOf)
        .initial(key -> Json.object("events", 0, "lastOffset", null))
        .output("counted", "latest")
        .run(Counter::count);
  }
}
