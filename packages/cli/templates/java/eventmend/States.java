package eventmend;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The states of the keys that the event names, and no others. */
public final class States {
  private final Map<String, Object> stored;
  private final List<String> keys;
  private final Function<String, Map<String, Object>> initial;
  private final Set<String> reads = new LinkedHashSet<>();
  private final Map<String, Object> writes = new LinkedHashMap<>();

  States(Map<String, Object> stored, List<String> keys, Function<String, Map<String, Object>> initial) {
    this.stored = stored;
    this.keys = keys;
    this.initial = initial;
  }

  /** The state, or the initial one, or null. It is a copy: changing it changes nothing until it is set. */
  @SuppressWarnings("unchecked")
  public Map<String, Object> get(String key) {
    requireNamed(key);
    reads.add(key);
    Object state = writes.containsKey(key) ? writes.get(key) : stored.get(key);
    return state == null ? initial.apply(key) : (Map<String, Object>) Json.plain(state);
  }

  /** Replaces the state: Maps, Lists, Strings, Numbers, Booleans and null, as JSON has them. */
  public void set(String key, Map<String, Object> state) {
    requireNamed(key);
    if (state == null) throw new IllegalArgumentException("the state of " + Json.write(key) + " is null; delete it instead");
    writes.put(key, Json.plain(state));
  }

  /** Deletes the state; a later event finds the initial one again. */
  public void delete(String key) {
    requireNamed(key);
    writes.put(key, null);
  }

  Map<String, Object> writes() {
    return writes;
  }

  /** The entry of the answer: what was read and written, as places in the list of keys, left out where it is all of them. */
  Map<String, Object> entry(List<Object> outputs) {
    Map<String, Object> entry = new LinkedHashMap<>();
    if (reads.size() < keys.size()) entry.put("reads", placesOf(reads));
    if (writes.size() < keys.size()) entry.put("writes", placesOf(writes.keySet()));
    if (!outputs.isEmpty()) entry.put("outputs", outputs);
    return entry;
  }

  private List<Object> placesOf(Set<String> touched) {
    List<Object> places = new ArrayList<>(touched.size());
    for (String key : touched) places.add((long) keys.indexOf(key));
    return places;
  }

  private void requireNamed(String key) {
    if (!keys.contains(key)) {
      throw new IllegalArgumentException("the event does not name the key " + Json.write(key) + "; it names " + Json.write(keys));
    }
  }
}
