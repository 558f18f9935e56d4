package eventmend;

import java.util.Map;

/** One event as the handler sees it; {@code fields} are those of the protocol (docs/process-protocol.md). Not to be changed. */
public record Event(Map<String, Object> fields) {
  /** What JSON says the event is: a Map, a List, a String, a Long, a Double, a Boolean or null. */
  public Object value() {
    return fields.get("value");
  }

  /** A member of the value. @throws IllegalArgumentException where there is none */
  public Object get(String name) {
    if (value() instanceof Map<?, ?> members && members.containsKey(name)) return members.get(name);
    throw new IllegalArgumentException("the event's value has no " + Json.write(name));
  }

  public String text(String name) {
    if (get(name) instanceof String text) return text;
    throw new IllegalArgumentException(Json.write(name) + " of the event is no text");
  }

  public double number(String name) {
    if (get(name) instanceof Number number) return number.doubleValue();
    throw new IllegalArgumentException(Json.write(name) + " of the event is no number");
  }

  /** The record's key; null where it has none. */
  public String key() {
    return (String) fields.get("key");
  }

  public String topic() {
    return (String) fields.get("topic");
  }

  public int partition() {
    return ((Number) fields.get("partition")).intValue();
  }

  public long offset() {
    return Long.parseLong((String) fields.get("offset"));
  }
}
