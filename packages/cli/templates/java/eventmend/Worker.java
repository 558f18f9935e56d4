package eventmend;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Runs a handler as a worker of Eventmend: copy this folder beside it. Java 17 or newer, nothing outside of the JDK.
 *
 * <pre>{@code
 * new Worker("accounts", "1.0.0")
 *     .key(event -> event.text("customer"))
 *     .initial(key -> Map.of("cents", 0))
 *     .output("balance", "latest")
 *     .run((states, event, context) -> {
 *       String customer = event.text("customer");
 *       double cents = ((Number) states.get(customer).get("cents")).doubleValue() + event.number("cents");
 *       context.emit("balance", cents);
 *       states.set(customer, Map.of("cents", cents));
 *     });
 * }</pre>
 *
 * The answer may depend on the event and the states alone: no other clock than {@code context.now()}, no random numbers, no
 * memory between events. What is printed goes to stderr.
 */
public final class Worker {
  private final Map<String, Object> description = new LinkedHashMap<>();
  private final Map<String, Object> outputs = new LinkedHashMap<>();
  private Function<Event, List<String>> keys = null;
  private Function<String, Map<String, Object>> initial = key -> null;

  /** {@code name} is part of every output's identity: keep it when the code changes. */
  public Worker(String name, String version) {
    description.put("type", "worker");
    description.put("protocol", 1);
    description.put("name", name);
    description.put("version", version);
  }

  /** The one key of an event. */
  public Worker key(Function<Event, String> key) {
    return keys(event -> List.of(key.apply(event)));
  }

  /** The keys of an event. */
  public Worker keys(Function<Event, List<String>> keys) {
    this.keys = keys;
    return this;
  }

  /** The state of a key that has none; without this the handler finds null. */
  public Worker initial(Function<String, Map<String, Object>> initial) {
    this.initial = initial;
    return this;
  }

  /** The topics to read; by default all of the log. */
  public Worker topics(String... topics) {
    return describe("topics", List.of(topics));
  }

  /** The members of an event that the handler uses: the others are not sent, which is faster. */
  public Worker fields(String... names) {
    return describe("fields", List.of(names));
  }

  /** Declares an output: event, latest, delta or effect. */
  public Worker output(String name, String kind) {
    outputs.put(name, Map.of("kind", kind));
    return describe("outputs", outputs);
  }

  /** Any other member of the description, as docs/process-protocol.md names it. */
  public Worker describe(String member, Object value) {
    description.put(member, value);
    return this;
  }

  /** Answers Eventmend until it closes stdin. Call it last; it returns when the work is over. */
  public void run(Handler handler) throws IOException {
    if (keys == null) throw new IllegalStateException("say what the keys of an event are: key(…) or keys(…)");
    Session session = new Session(description, keys, initial, handler);
    // Kept for the protocol: whoever else prints, prints to stderr, and reads nothing.
    InputStream in = new FileInputStream(FileDescriptor.in);
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    System.setOut(System.err);
    System.setIn(InputStream.nullInputStream());
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), 1 << 16);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String answer = session.answer(line);
      if (answer == null) return;
      out.write((answer + '\n').getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }
  }
}
