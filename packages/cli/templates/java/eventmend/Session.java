package eventmend;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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
  /** Version 2: the states stay here between batches. A host that knows version 1 alone sends them with each batch. */
  private static final List<Long> PROTOCOLS = List.of(2L, 1L);

  private static final List<String> FIELDS =
      List.of("topic", "partition", "offset", "key", "time", "now", "source", "incarnation", "headers", "value", "valueBase64");

  private static final Set<String> LEFT_OUT = Set.of("source", "incarnation", "headers", "valueBase64");

  private record Batch(List<Event> events, List<Object> keys) {}

  /** What waits for the states of its keys, or for batches before it. */
  private record Fold(Object number, boolean collect, List<Event> events, List<Object> keys) {}

  private final Map<String, Object> description;
  private final Function<Event, List<String>> keys;
  private final Function<String, Map<String, Object>> initial;
  private final Handler handler;
  /** Version 1: events and their keys, until the states of their batch come. */
  private final Map<Object, Batch> batches = new HashMap<>();
  /** Version 2: states, the keys that were asked for, batches that wait, and keys written since states were collected. */
  private final Map<String, Object> kept = new HashMap<>();
  private final Set<String> asked = new HashSet<>();
  private final Deque<Fold> waiting = new ArrayDeque<>();
  private final Set<String> written = new LinkedHashSet<>();
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
      case "fold":
        return Json.write(fold(message));
      case "states":
        if (waiting.isEmpty() || !waiting.peek().number.equals(message.get("batch"))) return Json.write(effectsOf(message));
        kept.putAll(members(message.get("states")));
        return Json.write(folded(waiting.remove()));
      case "forget":
        kept.clear();
        asked.clear();
        waiting.clear();
        written.clear();
        return Json.write(Map.of("type", "forgotten"));
      case "close":
        return null;
      default:
        throw new IllegalStateException("this worker does not know the message " + Json.write(type) + "; take a newer one");
    }
  }

  private Map<String, Object> hello(Map<String, Object> message) {
    List<?> spoken = message.containsKey("protocols") ? items(message.get("protocols")) : List.of(message.get("protocol"));
    Long protocol = PROTOCOLS.stream().filter(spoken::contains).findFirst().orElse(null);
    if (protocol == null) throw new IllegalStateException("this worker speaks the versions " + PROTOCOLS + " of the protocol");
    replaying = !Boolean.FALSE.equals(message.get("replaying"));
    Map<String, Object> answer = new LinkedHashMap<>(description);
    answer.put("protocol", protocol);
    return answer;
  }

  private Map<String, Object> fold(Map<String, Object> message) {
    List<Event> events = eventsOf(message);
    Set<Object> skipped = new HashSet<>(message.containsKey("skip") ? items(message.get("skip")) : List.of());
    List<Object> named = new ArrayList<>();
    List<String> needed = new ArrayList<>();
    for (int number = 0; number < events.size(); number++) {
      Object own = skipped.contains((long) number) ? null : keysOf(events.get(number));
      named.add(own);
      if (own instanceof List<?>) for (String key : names(own)) if (asked.add(key)) needed.add(key);
    }
    Fold batch = new Fold(message.get("batch"), Boolean.TRUE.equals(message.get("collect")), events, named);
    if (needed.isEmpty() && waiting.isEmpty()) return folded(batch);
    waiting.add(batch);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("type", "need");
    answer.put("batch", batch.number);
    answer.put("keys", needed);
    return answer;
  }

  private Map<String, Object> folded(Fold batch) {
    List<Object> reads = new ArrayList<>();
    List<Object> writes = new ArrayList<>();
    List<Object> outputs = new ArrayList<>();
    List<Object> errors = new ArrayList<>();
    for (int number = 0; number < batch.events.size(); number++) {
      Map<String, Object> entry = Map.of();
      if (batch.keys.get(number) instanceof List<?>) {
        Event event = batch.events.get(number);
        try {
          States states = new States(kept, names(batch.keys.get(number)), initial);
          Context context = new Context((Number) event.fields().get("now"), replaying);
          handler.evolve(states, event, context);
          kept.putAll(states.writes());
          written.addAll(states.writes().keySet());
          entry = states.entry(context.outputs());
        } catch (Exception | StackOverflowError error) {
          errors.add(Json.object("event", number, "message", describe(error)));
        }
      }
      reads.add(entry.get("reads"));
      writes.add(entry.get("writes"));
      outputs.add(entry.get("outputs"));
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("type", "folded");
    answer.put("batch", batch.number);
    answer.put("keys", batch.keys);
    answer.put("reads", reads);
    answer.put("writes", writes);
    answer.put("outputs", outputs);
    if (!errors.isEmpty()) answer.put("errors", errors);
    if (batch.collect) {
      Map<String, Object> states = new LinkedHashMap<>();
      for (String key : written) states.put(key, kept.get(key));
      written.clear();
      answer.put("states", states);
    }
    return answer;
  }

  /** The events of a batch in columns, as the protocol has them one by one. */
  private static List<Event> eventsOf(Map<String, Object> message) {
    int count = items(message.get("value")).size();
    List<Event> events = new ArrayList<>(count);
    for (int number = 0; number < count; number++) {
      Map<String, Object> fields = new LinkedHashMap<>();
      for (String name : FIELDS) {
        Object column = message.get(name);
        if (column == null) continue;
        Object field = column instanceof List<?> list ? list.get(number) : members(column).get("all");
        if (field != null || !LEFT_OUT.contains(name)) fields.put(name, field);
      }
      if (fields.containsKey("valueBase64")) fields.remove("value");
      events.add(new Event(fields));
    }
    return events;
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
