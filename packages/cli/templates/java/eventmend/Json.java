package eventmend;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON as Maps, Lists, Strings, Longs, Doubles, Booleans and null. Integers beyond a long are read as BigInteger and cannot
 * be written. What is written gives the same doubles to every reader, and whole numbers without a fraction.
 */
public final class Json {
  private static final double TWO_TO_53 = 9_007_199_254_740_992.0;
  private static final long LARGEST_INTEGER = 9_007_199_254_740_991L;

  private Json() {}

  public static Object read(String text) {
    return new JsonReader(text).readAll();
  }

  public static String write(Object value) {
    StringBuilder text = new StringBuilder();
    write(value, text);
    return text.toString();
  }

  /** An object of names and values in turn, which keeps their order (Map.of does not). */
  public static Map<String, Object> object(Object... namesAndValues) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int at = 0; at < namesAndValues.length; at += 2) object.put((String) namesAndValues[at], namesAndValues[at + 1]);
    return object;
  }

  /**
   * A copy as it will come back from JSON, so that a batch gives the same however Eventmend cuts it: 1.0 becomes 1.
   * @throws IllegalArgumentException for what JSON has not
   */
  public static Object plain(Object value) {
    if (value == null || value instanceof String || value instanceof Boolean) return value;
    if (value instanceof Number number) return plainNumber(number);
    if (value instanceof Map<?, ?> members) {
      Map<String, Object> copy = new LinkedHashMap<>(members.size() * 2);
      for (Map.Entry<?, ?> member : members.entrySet()) {
        if (!(member.getKey() instanceof String name)) throw new IllegalArgumentException("a name in JSON must be a text");
        copy.put(name, plain(member.getValue()));
      }
      return copy;
    }
    if (value instanceof List<?> items) {
      List<Object> copy = new ArrayList<>(items.size());
      for (Object item : items) copy.add(plain(item));
      return copy;
    }
    throw new IllegalArgumentException("JSON has no " + value.getClass().getName());
  }

  private static Number plainNumber(Number number) {
    if (number instanceof Double || number instanceof Float) {
      double real = number.doubleValue();
      if (Double.isNaN(real) || Double.isInfinite(real)) throw new IllegalArgumentException(real + " is not JSON");
      return real == Math.rint(real) && Math.abs(real) < TWO_TO_53 ? (Number) (long) real : (Number) real;
    }
    if (number instanceof Long || number instanceof Integer || number instanceof Short || number instanceof Byte) {
      long whole = number.longValue();
      if (whole > LARGEST_INTEGER || whole < -LARGEST_INTEGER) {
        throw new IllegalArgumentException("the integer " + whole + " is above 2^53 - 1; make it a text");
      }
      return whole;
    }
    throw new IllegalArgumentException("a " + number.getClass().getName() + " must be made a text, a long or a double");
  }

  private static void write(Object value, StringBuilder text) {
    if (value instanceof String string) {
      writeString(string, text);
    } else if (value instanceof Map<?, ?> members) {
      char before = '{';
      for (Map.Entry<?, ?> member : members.entrySet()) {
        text.append(before);
        writeString((String) member.getKey(), text);
        text.append(':');
        write(member.getValue(), text);
        before = ',';
      }
      text.append(before == '{' ? "{}" : "}");
    } else if (value instanceof List<?> items) {
      char before = '[';
      for (Object item : items) {
        text.append(before);
        write(item, text);
        before = ',';
      }
      text.append(before == '[' ? "[]" : "]");
    } else if (value instanceof Number number) {
      text.append(plainNumber(number));
    } else {
      text.append(plain(value));
    }
  }

  private static void writeString(String string, StringBuilder text) {
    text.append('"');
    for (int at = 0; at < string.length(); at++) {
      char character = string.charAt(at);
      if (character == '"' || character == '\\') {
        text.append('\\').append(character);
      } else if (character >= ' ' && character < 127) {
        text.append(character);
      } else {
        // Escaped, every text survives any encoding, a lone surrogate too.
        text.append("\\u").append(Character.forDigit(character >> 12, 16)).append(Character.forDigit(character >> 8 & 15, 16));
        text.append(Character.forDigit(character >> 4 & 15, 16)).append(Character.forDigit(character & 15, 16));
      }
    }
    text.append('"');
  }
}
