import eventmend.Context;
import eventmend.Event;
import eventmend.Json;
import eventmend.States;
import eventmend.Worker;
import java.util.List;
import java.util.Map;

/** The corrected handler of the flights, as ../worker.ts has it, in Java: the same states and outputs to the last bit. */
public final class Flights {
  private static final double MINUTE = 60_000;
  private static final double DRAINED_BY_HALF = 60;
  private static final double SMOOTHING = 16;
  private static final double ALERT_ABOVE = 30;
  private static final double CALM_BELOW = 15;
  private static final double KNOCK_ON = 64;

  /** What is known of an airport. Times in minutes, except {@code lastEvent}, which is in milliseconds since 1970. */
  private record Airport(
      double departures,
      double arrivals,
      double smoothedDelay,
      double backlog,
      double worstBacklog,
      double ground,
      Double lastEvent,
      boolean alert,
      double alerts) {

    static Airport of(Map<String, Object> state) {
      if (state == null) return new Airport(0, 0, 0, 0, 0, 0, null, false, 0);
      Object last = state.get("lastEvent");
      return new Airport(
          number(state, "departures"),
          number(state, "arrivals"),
          number(state, "smoothedDelay"),
          number(state, "backlog"),
          number(state, "worstBacklog"),
          number(state, "ground"),
          last == null ? null : (Double) ((Number) last).doubleValue(),
          (Boolean) state.get("alert"),
          number(state, "alerts"));
    }

    Map<String, Object> state() {
      return Json.object(
          "departures", departures,
          "arrivals", arrivals,
          "smoothedDelay", smoothedDelay,
          "backlog", backlog,
          "worstBacklog", worstBacklog,
          "ground", ground,
          "lastEvent", lastEvent,
          "alert", alert,
          "alerts", alerts);
    }

    Airport after(boolean lands, double now, double delay, double inherited) {
      double idle = lastEvent == null ? 0 : Math.max(0, (now - lastEvent) / MINUTE);
      double drained = backlog * (DRAINED_BY_HALF / (DRAINED_BY_HALF + idle));
      double nextBacklog = Math.max(0, drained + delay + inherited);
      double nextDelay = smoothedDelay + (delay - smoothedDelay) / SMOOTHING;
      boolean nextAlert = nextDelay > (alert ? CALM_BELOW : ALERT_ABOVE);
      return new Airport(
          departures + (lands ? 0 : 1),
          arrivals + (lands ? 1 : 0),
          nextDelay,
          nextBacklog,
          Math.max(worstBacklog, nextBacklog),
          Math.max(0, ground + (lands ? 1 : -1)),
          now,
          nextAlert,
          alerts + (nextAlert && !alert ? 1 : 0));
    }

    /** As the board shows it, behind the names and values that are given. */
    Map<String, Object> board(Object... first) {
      Map<String, Object> board = Json.object(first);
      board.put("delay", tenths(smoothedDelay));
      board.put("backlog", tenths(backlog));
      board.put("ground", ground);
      return board;
    }
  }

  private static void handle(States states, Event event, Context context) {
    String origin = event.text("origin");
    String destination = event.text("destination");
    double delay = event.number("delay");
    Airport before = Airport.of(states.get(origin));
    Airport from = before.after(false, context.now(), delay, 0);
    states.set(origin, from.state());

    // The destination inherits part of what the origin is left with: late crews, late connections.
    Airport there = Airport.of(states.get(destination));
    Airport to = there.after(true, context.now(), delay, from.backlog() / KNOCK_ON);
    states.set(destination, to.state());

    context.emit("movement", Json.object("from", from.board(), "to", to.board("airport", destination)));
    if (from.alert() != before.alert()) context.emit("alert", from.board("raised", from.alert()));
    if (to.alert() != there.alert()) context.emit("alert", to.board("raised", to.alert()), destination);
  }

  /** Rounded to tenths; Math.round takes halves up, as JavaScript's does. */
  private static double tenths(double minutes) {
    return Math.round(minutes * 10) / 10.0;
  }

  private static double number(Map<String, Object> state, String name) {
    return ((Number) state.get(name)).doubleValue();
  }

  public static void main(String[] arguments) throws Exception {
    new Worker("flights", "1.0.1")
        .topics("flights")
        .output("movement", "event")
        .output("alert", "latest")
        .keys(event -> List.of(event.text("origin"), event.text("destination")))
        .run(Flights::handle);
  }
}
