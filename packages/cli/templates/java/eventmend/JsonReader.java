package eventmend;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads one JSON text. */
final class JsonReader {
  private final String text;
  private int at = 0;

  JsonReader(String text) {
    this.text = text;
  }

  Object readAll() {
    Object value = readValue();
    skipSpace();
    if (at < text.length()) throw wrong("the end");
    return value;
  }

  private Object readValue() {
    skipSpace();
    switch (peek()) {
      case '{':
        return readObject();
      case '[':
        return readArray();
      case '"':
        return readString();
      case 't':
        return readWord("true", true);
      case 'f':
        return readWord("false", false);
      case 'n':
        return readWord("null", null);
      default:
        return readNumber();
    }
  }

  private Map<String, Object> readObject() {
    Map<String, Object> members = new LinkedHashMap<>();
    at++;
    skipSpace();
    if (peek() == '}') {
      at++;
      return members;
    }
    while (true) {
      skipSpace();
      if (peek() != '"') throw wrong("a name");
      String name = readString();
      skipSpace();
      if (peek() != ':') throw wrong("':'");
      at++;
      members.put(name, readValue());
      if (endsWith('}')) return members;
    }
  }

  private List<Object> readArray() {
    List<Object> items = new ArrayList<>();
    at++;
    skipSpace();
    if (peek() == ']') {
      at++;
      return items;
    }
    while (true) {
      items.add(readValue());
      if (endsWith(']')) return items;
    }
  }

  /** True behind the closing bracket, false behind a comma. */
  private boolean endsWith(char closing) {
    skipSpace();
    char character = peek();
    if (character != closing && character != ',') throw wrong("',' or '" + closing + "'");
    at++;
    return character == closing;
  }

  private String readString() {
    int from = ++at;
    int quote = text.indexOf('"', from);
    if (quote < 0) throw wrong("the end of a text");
    int backslash = text.indexOf('\\', from);
    if (backslash < 0 || backslash > quote) {
      at = quote + 1;
      return text.substring(from, quote);
    }
    StringBuilder string = new StringBuilder();
    while (peek() != '"') string.append(peek() == '\\' ? readEscape() : text.charAt(at++));
    at++;
    return string.toString();
  }

  private char readEscape() {
    at++;
    char escape = peek();
    at++;
    switch (escape) {
      case 'b':
        return '\b';
      case 'f':
        return '\f';
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'u':
        at += 4;
        if (at > text.length()) throw wrong("four digits");
        return (char) Integer.parseInt(text, at - 4, at, 16);
      default:
        return escape;
    }
  }

  /** Integers become a Long (or a BigInteger), others and -0 a Double. */
  private Number readNumber() {
    int from = at;
    boolean whole = true;
    while (at < text.length()) {
      char character = text.charAt(at);
      if (character == '.' || character == 'e' || character == 'E') whole = false;
      else if ((character < '0' || character > '9') && character != '-' && character != '+') break;
      at++;
    }
    if (from == at) throw wrong("a value");
    String number = text.substring(from, at);
    if (!whole || number.equals("-0")) return Double.valueOf(number);
    if (number.length() < 19) return Long.valueOf(number);
    BigInteger large = new BigInteger(number);
    return large.bitLength() < 64 ? (Number) large.longValue() : large;
  }

  private Object readWord(String word, Object value) {
    if (!text.startsWith(word, at)) throw wrong("a value");
    at += word.length();
    return value;
  }

  private void skipSpace() {
    while (at < text.length() && text.charAt(at) <= ' ') at++;
  }

  private char peek() {
    if (at >= text.length()) throw wrong("more");
    return text.charAt(at);
  }

  private IllegalArgumentException wrong(String expected) {
    return new IllegalArgumentException("not JSON: expected " + expected + " at character " + at);
  }
}
