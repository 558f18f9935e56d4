import eventmend.Context;
import eventmend.Event;
import eventmend.Json;
import eventmend.States;
import eventmend.Worker;
import java.util.Map;

/** Keeps all that its events say, so that the conformance checks see it come back. Prints, which must do no harm. */
public final class Keep {
  private static String keyOf(Event event) {
    String key = event.key() == null ? event.text("key") : event.key();
    System.out.println("asked for the key " + key);
    return key;
  }

  private static void keep(States states, Event event, Context context) {
    System.out.println("handling");
    Map<String, Object> state = states.get(keyOf(event));
    state.put("events", ((Number) state.get("events")).longValue() + 1);
    state.put("third", ((Number) state.get("third")).doubleValue() + event.number("count") / 3);
    context.emit("kept", state);
    state.put("last", event.value());
    states.set(keyOf(event), state);
  }

  public static void main(String[] arguments) throws Exception {
    new Worker("keep", "1")
        .key(Keep::keyOf)
        .initial(key -> Json.object("events", 0, "third", 0, "last", null))
        .output("kept", "event")
        .run(Keep::keep);
  }
}
