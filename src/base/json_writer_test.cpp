#include "base/json_writer.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>
#include <string>
#include <vector>

#include "base/json_reader.hpp"

namespace payweir::json {
namespace {

std::string written(std::string_view text) {
  Writer out;
  out.string(text);
  return std::move(out).take();
}

TEST(JsonWriter, PutsTheCommas) {
  Writer out;
  out.begin_object()
      .field("a", 1)
      .key("b")
      .begin_array()
      .integer(1)
      .begin_object()
      .end_object()
      .null()
      .end_array();
  out.field("c", true).field("d", "x").null_field("e").raw_field("f", "[2]").raw_field("g", "");
  out.text_or_null("h", "").text_or_null("i", "y").key("j").real(0.5).end_object();
  EXPECT_EQ(std::move(out).take(),
            R"({"a":1,"b":[1,{},null],"c":true,"d":"x","e":null,"f":[2],"g":null,"h":null,"i":"y","j":0.5})");
}

TEST(JsonWriter, WritesIntegersOfEverySize) {
  Writer out;
  out.begin_array().integer(0).integer(std::numeric_limits<std::int64_t>::min());
  out.integer(std::numeric_limits<std::int64_t>::max()).end_array();
  EXPECT_EQ(std::move(out).take(), "[0,-9223372036854775808,9223372036854775807]");
}

// Read back, none may be an integer, and none may be no JSON at all.
TEST(JsonWriter, WritesRealNumbersAsSuch) {
  const auto real = [](double value) {
    Writer out;
    out.real(value);
    return std::move(out).take();
  };
  EXPECT_EQ(real(0.5), "0.5");
  EXPECT_EQ(real(7), "7.0");
  EXPECT_EQ(real(-0.0), "-0.0");
  EXPECT_EQ(real(1e300), "1e+300");
  EXPECT_EQ(real(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(real(-std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(real(std::numeric_limits<double>::quiet_NaN()), "null");
}

TEST(JsonWriter, KeepsOrdinaryTextAsItIs) {
  EXPECT_EQ(written("café 茶 – 😀 €"), "\"café 茶 – 😀 €\"");
  EXPECT_EQ(written("\"\\\n\r\t"), R"("\"\\\n\r\t")");
}

TEST(JsonWriter, EveryTextMakesTheRoundTrip) {
  const std::vector<std::string> pieces = {
      "a",  "\"", "\\",     "/",      "\n",     "\x01",   "\x1b[31m", "\x7f",   "é",      "茶",
      "😀", "–",  "\u0085", "\u009b", "\u061c", "\u200e", "\u2028",   "\u202e", "\u2066", "\u20ac"};
  EXPECT_TRUE(rc::check("write then parse is the identity", [&] {
    std::string text;
    for (const std::string& piece : *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(pieces)))
      text += piece;
    Writer out;
    out.begin_object().field(text, text).end_object();
    const auto document = parse(std::move(out).take()).value();
    RC_ASSERT(document.root().first().key() == text);
    RC_ASSERT(document.root().first().text() == text);
  }));
}

// J11: a line of JSON stays one line, and no value reaches a terminal as a command or turns text around.
TEST(Faults, J11_ControlAndDirectionCharactersAreEscaped) {
  for (unsigned c = 0; c < 0x20; ++c) {
    const std::string out = written(std::string(1, static_cast<char>(c)));
    EXPECT_EQ(out[1], '\\') << c;
  }
  EXPECT_EQ(written("\x1b[31m"), R"("\u001b[31m")");
  EXPECT_EQ(written("\x7f"), R"("\u007f")");
  EXPECT_EQ(written("a\nb"), R"("a\nb")");
  // C1 controls: U+0085 ends a line, U+009B opens a terminal's command.
  EXPECT_EQ(written("\u0080|\u0085|\u009b|\u009f|\u00a0"), "\"\\u0080|\\u0085|\\u009b|\\u009f|\u00a0\"");
  EXPECT_EQ(written("\u061c"), R"("\u061c")");
  for (const char* const mark : {"\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202b", "\u202c",
                                 "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"})
    EXPECT_EQ(written(mark).substr(0, 4), "\"\\u2") << written(mark);
  // Their neighbours are shown, as are their first bytes before anything else, or nothing.
  for (const std::string shown :
       {"\u00a0", "\u061b", "\u061d", "\u200d", "\u2010", "\u2027", "\u202f", "\u2065", "\u206a", "\u20a8",
        "\xc2", "\xc2 ", "\xd8", "\xe2", "\xe2\x80", "\xe2\x81 ", "\xe2\x80\xff", "\xe2\x81\xff"})
    EXPECT_EQ(written(shown), '"' + shown + '"');
  Writer out;
  out.begin_object().field("\u202e\n", 1).end_object();
  EXPECT_EQ(std::move(out).take(), R"({"\u202e\n":1})");
}

}  // namespace
}  // namespace payweir::json
