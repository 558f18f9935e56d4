package eventmend;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a handler may ask for besides the event and the states of its keys. */
public final class Context {
  private final Double now;
  private final boolean replaying;
  private final List<Object> outputs = new ArrayList<>();

  Context(Number now, boolean replaying) {
    this.now = now == null ? null : now.doubleValue();
    this.replaying = replaying;
  }

  /** The event's time in milliseconds, the only clock there is; negative infinity before the first time. */
  public double now() {
    return now == null ? Double.NEGATIVE_INFINITY : now;
  }

  public boolean replaying() {
    return replaying;
  }

  /** States an output about the event's first key. Nothing is sent. */
  public void emit(String output, Object value) {
    outputs.add(Arrays.asList(output, Json.plain(value)));
  }

  /** States an output about {@code key}. */
  public void emit(String output, Object value, String key) {
    outputs.add(Arrays.asList(output, Json.plain(value), key));
  }

  /** States an output that has a business id; {@code key} may be null. */
  public void emit(String output, Object value, String key, String id) {
    outputs.add(Arrays.asList(output, Json.plain(value), key, id));
  }

  List<Object> outputs() {
    return outputs;
  }
}
