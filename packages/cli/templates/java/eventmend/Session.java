package eventmend;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The messages of the protocol, one line in and one line out. */
final class Session {
  static final long PROTOCOL = 1;

  private record Batch(List<Event> events, List<Object> keys) {}

  private final Map<String, Object> description;
  private final Function<Event, List<String>> keys;
  private final Function<String, Map<String, Object>> initial;
  private final Handler handler;
  /** Events and their keys, until the states of their batch come. */
  private final Map<Object, Batch> batches = new HashMap<>();
  private boolean replaying = true;

  Session(
      Map<String, Object> description,
      Function<Event, List<String>> keys,
      Function<String, Map<String, Object>> initial,
      Handler handler) {
    this.description = description;
    this.keys = keys;
    this.initial = initial;
    this.handler = handler;
  }

  /** The answer to one line; null when the work is over. */
  String answer(String line) {
    Map<String, Object> message = members(Json.read(line));
    String type = (String) message.get("type");
    switch (type) {
      case "hello":
        return Json.write(hello(message));
      case "events":
        return Json.write(keysOf(message));
      case "states":
        return Json.write(effectsOf(message));
      case "close":
        return null;
      default:
        throw new IllegalStateException("this worker does not know the message " + Json.write(type) + "; take a newer one");
    }
  }

  private Map<String, Object> hello(Map<String, Object> message) {
    if (!message.get("protocol").equals(PROTOCOL)) {
      throw new IllegalStateException("this worker speaks version " + PROTOCOL + " of the protocol");
    }
    replaying = !Boolean.FALSE.equals(message.get("replaying"));
    return description;
  }

  private Map<String, Object> keysOf(Map<String, Object> message) {
    List<Event> events = new ArrayList<>();
    List<Object> named = new ArrayList<>();
    for (Object fields : items(message.get("events"))) {
      Event event = new Event(members(fields));
      events.add(event);
      named.add(keysOf(event));
    }
    batches.put(message.get("batch"), new Batch(events, named));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("type", "keys");
    answer.put("batch", message.get("batch"));
    answer.put("keys", named);
    return answer;
  }

  private Object keysOf(Event event) {
    try {
      return new ArrayList<>(new LinkedHashSet<>(keys.apply(event)));
    } catch (Exception | StackOverflowError error) {
      return Map.of("error", describe(error));
    }
  }

  private Map<String, Object> effectsOf(Map<String, Object> message) {
    Batch batch = batches.remove(message.get("batch"));
    Map<String, Object> stored = members(message.get("states"));
    Set<Object> skipped = new HashSet<>(message.containsKey("skip") ? items(message.get("skip")) : List.of());
    Map<String, Object> written = new LinkedHashMap<>();
    List<Object> done = new ArrayList<>();
    Map<String, Object> failure = null;
    for (int number = 0; number < batch.events.size() && failure == null; number++) {
      if (skipped.contains((long) number)) {
        done.add(null);
        continue;
      }
      Event event = batch.events.get(number);
      try {
        States states = new States(stored, names(batch.keys.get(number)), initial);
        Context context = new Context((Number) event.fields().get("now"), replaying);
        handler.evolve(states, event, context);
        stored.putAll(states.writes());
        written.putAll(states.writes());
        done.add(states.entry(context.outputs()));
      } catch (Exception | StackOverflowError error) {
        failure = new LinkedHashMap<>();
        failure.put("event", number);
        failure.put("message", describe(error));
      }
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("type", "effects");
    answer.put("batch", message.get("batch"));
    answer.put("done", done.size());
    answer.put("events", done);
    answer.put("states", written);
    if (failure != null) answer.put("error", failure);
    return answer;
  }

  @SuppressWarnings("unchecked")
  private static List<String> names(Object keys) {
    if (keys instanceof List<?>) return (List<String>) keys;
    throw new IllegalArgumentException("the event names no keys");
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> members(Object value) {
    return (Map<String, Object>) value;
  }

  private static List<?> items(Object value) {
    return (List<?>) value;
  }

  private static String describe(Throwable error) {
    for (StackTraceElement frame : error.getStackTrace()) {
      String name = frame.getClassName();
      if (name.startsWith("eventmend.") || name.startsWith("java.") || name.startsWith("jdk.")) continue;
      return error + " (" + frame.getFileName() + ", line " + frame.getLineNumber() + ")";
    }
    return error.toString();
  }
}
