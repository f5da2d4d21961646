#include "base/json_reader.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <limits>
#include <string>
#include <vector>

namespace payweir::json {
namespace {

Code code_of(std::string_view text) {
  const auto document = parse(text);
  return document ? Code::internal : document.error().code;
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

TEST(JsonReader, GivesEveryKindAsItIs) {
  const auto document =
      parse(R"({"n":null,"t":true,"f":false,"i":-7,"r":1.5,"s":"a\u00e9\n","a":[1,[2]],"o":{"k":"v"}})")
          .value();
  const Value root = document.root();
  EXPECT_TRUE(root.is(Kind::object));
  EXPECT_EQ(root.size(), 8u);
  EXPECT_TRUE(root["n"].is(Kind::null));
  EXPECT_TRUE(root["n"].present());
  EXPECT_TRUE(root["n"].empty());
  EXPECT_FALSE(root["f"].empty());
  EXPECT_TRUE(root["t"].boolean());
  EXPECT_FALSE(root["f"].boolean());
  EXPECT_EQ(root["i"].integer(), -7);
  EXPECT_EQ(root["r"].real(), 1.5);
  EXPECT_EQ(root["s"].text(), "aé\n");
  EXPECT_EQ(root["a"].first().next().first().integer(), 2);
  EXPECT_EQ(root["o"]["k"].text(), "v");
}

TEST(JsonReader, AnIntegerIsARealNumberToo) {
  const auto document = parse(R"([-7,"1.5",true,null])").value();
  EXPECT_EQ(document.root().first().real(), -7.0);
  for (Value other = document.root().first().next(); other.present(); other = other.next())
    EXPECT_EQ(other.real(), 0.0);
}

TEST(JsonReader, WritesEveryKindAsItWasRead) {
  const std::string text =
      R"({"n":null,"t":true,"f":false,"i":-7,"r":1.5,"big":1e+300,"s":"a\"b","a":[null,[]],"o":{"k":{}}})";
  EXPECT_EQ(parse(text).value().root().dump(), text);
  EXPECT_EQ(Value().dump(), "null");
}

TEST(Json, KeepsDecimalsAsTheyWereWritten) {
  const auto document = parse(
      R"( { "9": "0.1", "a" : 0.10 , "b":[-1.50,7,"8\"9.9\\",2e3],"c":12345678901234567890,"d":{"e":-0.0}} )");
  ASSERT_TRUE(document);
  const json::Value root = document->root();
  EXPECT_EQ(root["a"].number_text(), "0.10");
  EXPECT_EQ(root["b"].first().number_text(), "-1.50");
  EXPECT_EQ(root["b"].first().next().number_text(), "7");
  EXPECT_EQ(root["c"].number_text(), "12345678901234567890");
  EXPECT_EQ(root["9"].number_text(), "") << "a string is no number";
  EXPECT_EQ(root.dump(),
            R"({"9":"0.1","a":0.10,"b":[-1.50,7,"8\"9.9\\",2e3],"c":12345678901234567890,"d":{"e":-0.0}})");
}

TEST(JsonReader, WhatIsAbsentAnswersAsNothing) {
  const auto document = parse(R"({"a":1})").value();
  const Value absent = document.root()["b"]["c"]["d"];
  EXPECT_EQ(absent.kind(), Kind::absent);
  EXPECT_TRUE(absent.empty());
  EXPECT_FALSE(absent.present());
  EXPECT_EQ(absent.text(), "");
  EXPECT_EQ(absent.integer(), 0);
  EXPECT_FALSE(absent.boolean());
  EXPECT_EQ(absent.size(), 0u);
  EXPECT_FALSE(absent.first().present());
  EXPECT_FALSE(absent.next().present());
  EXPECT_EQ(Value().key(), "");
  EXPECT_EQ(document.root()["a"]["b"].kind(), Kind::absent);
}

TEST(JsonReader, WalksMembersAndElementsInOrder) {
  const auto document = parse(R"({"b":[1,{"x":[]},3],"a":{},"c":""})").value();
  std::string keys;
  for (Value member = document.root().first(); member.present(); member = member.next())
    keys += member.key();
  EXPECT_EQ(keys, "bac");
  std::int64_t sum = 0;
  for (Value element = document.root()["b"].first(); element.present(); element = element.next()) {
    EXPECT_EQ(element.key(), "");
    sum += element.integer();
  }
  EXPECT_EQ(sum, 4);
  EXPECT_EQ(document.root().dump(), R"({"b":[1,{"x":[]},3],"a":{},"c":""})");
}

TEST(JsonReader, ADocumentMayBeMovedBeforeItIsRead) {
  Document document;
  {
    auto parsed = parse(R"({"k":"a text that is longer than any small buffer of a string"})").value();
    document = std::move(parsed);
  }
  EXPECT_EQ(document.root()["k"].text(), "a text that is longer than any small buffer of a string");
  EXPECT_FALSE(Document().root().present());
}

TEST(JsonReader, RefusesWhatIsNoJson) {
  for (const char* const text :
       {"",        " ",   "{",      "}",       "[1,]",    "{\"a\":}",   "{\"a\" 1}", "{a:1}",
        "{'a':1}", "01",  "1.",     ".5",      "+1",      "--1",        "1e",        "tru",
        "nul",     "\"a", "\"\t\"", "\"\\x\"", "[1] [2]", "{\"a\":1,}", "// c\n1",   "\xef\xbb\xbf{}"})
    EXPECT_EQ(code_of(text), Code::malformed_json) << text;
}

std::string object_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names)
    text += (text.empty() ? "{\"" : ",\"") + name + "\":0";
  return text + "}";
}

TEST(JsonReader, FindsATwinWhereverItStandsAmongHoweverMany) {
  for (const std::size_t count : {2u, 3u, 20u, 48u, 49u, 200u}) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; ++i)
      names.push_back("name_" + std::to_string(i));
    EXPECT_TRUE(parse(object_of(names))) << count;
    for (std::size_t i = 0; i + 1 < count; ++i) {
      std::vector<std::string> twins = names;
      twins.back() = twins[i];
      const auto refused = parse(object_of(twins));
      ASSERT_FALSE(refused) << count << ' ' << i;
      EXPECT_EQ(refused.error().code, Code::json_duplicate_key);
      EXPECT_EQ(refused.error().field, twins[i]);
    }
  }
}

TEST(JsonReader, ObjectsOfOneLevelMayUseTheSameNames) {
  EXPECT_TRUE(parse(R"({"a":{"b":1,"c":{"b":2}},"d":{"b":3},"b":[{"b":4},{"b":5}]})"));
}

// The backslash is escaped, not the NUL.
TEST(JsonReader, TellsAnEscapedNulFromOneThatIsSpelled) {
  const auto document = parse(R"({"a\\u0000":"b\\u0000"})").value();
  EXPECT_EQ(document.root().first().key(), R"(a\u0000)");
  EXPECT_EQ(document.root().first().text(), R"(b\u0000)");
  EXPECT_EQ(code_of(R"({"a\\u0000":"b\\\u0000"})"), Code::malformed_json);
}

// Refused by its size alone: the pages behind it cannot be read.
TEST(JsonReader, RefusesWhatIsTooLargeToBeParsed) {
  constexpr std::size_t kSize = (std::size_t{1} << 32) + 1;
  void* const pages = mmap(nullptr, kSize, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(pages, MAP_FAILED);
  EXPECT_EQ(code_of({static_cast<const char*>(pages), kSize}), Code::malformed_json);
  munmap(pages, kSize);
  EXPECT_TRUE(parse("[1]"));  // and goes on with the next
}

// J03: depth, number of keys and duplicate keys have bounds that hold before anything is bound.
TEST(Faults, J03_DepthAndKeyCountAndDuplicatesAreBounded) {
  EXPECT_TRUE(parse(nested(32)));
  EXPECT_EQ(code_of(nested(33)), Code::json_too_deep);
  EXPECT_EQ(code_of(nested(1025)), Code::json_too_deep);
  EXPECT_EQ(code_of(nested(1'000'000)), Code::json_too_deep);
  EXPECT_EQ(code_of(std::string(1'000'000, '[')), Code::malformed_json);  // never closed

  const auto object_of = [](int members) {
    std::string text = "{";
    for (int i = 0; i < members; ++i)
      text += (i ? ",\"k" : "\"k") + std::to_string(i) + "\":0";
    return text + '}';
  };
  EXPECT_TRUE(parse(object_of(1000)));
  EXPECT_EQ(code_of(object_of(1001)), Code::json_too_many_keys);
  EXPECT_EQ(code_of(object_of(1'000'000)), Code::json_too_many_keys);
  std::string elements = "[0";
  for (int i = 0; i < 1000; ++i)
    elements += ",0";
  EXPECT_EQ(code_of(elements + "]"), Code::json_too_many_keys);

  EXPECT_EQ(code_of(R"({"amount":1,"amount":2})"), Code::json_duplicate_key);
  EXPECT_EQ(code_of(R"({"amount":1,"am\u006funt":2})"), Code::json_duplicate_key);  // the same key, escaped
  const auto inner = parse(R"({"a":[{"b":1,"c":2,"b":3}]})");
  ASSERT_FALSE(inner);
  EXPECT_EQ(inner.error().code, Code::json_duplicate_key);
  EXPECT_EQ(inner.error().field, "a[0].b");
  EXPECT_TRUE(parse(R"({"a":{"b":1},"b":{"a":1}})"));
}

TEST(JsonReader, TakesOtherLimitsWhereTheyAreGiven) {
  EXPECT_TRUE(parse(nested(40), {.depth_max = 40, .keys_max = 100}));
  EXPECT_FALSE(parse(nested(3), {.depth_max = 2, .keys_max = 100}));
  EXPECT_FALSE(parse("[1,2,3]", {.depth_max = 2, .keys_max = 2}));
}

// J04: what is not UTF-8, or hides a NUL or half a character, is refused.
TEST(Faults, J04_InvalidTextIsRefused) {
  const char* const bodies[] = {
      "\"\xff\"",          "\"\xc3\"",
      "\"\x80\"",                                   // no UTF-8
      "\"\xc0\xaf\"",      "\"\xe0\x80\xaf\"",      // overlong
      "\"\xed\xa0\x80\"",  "\"\xf4\x90\x80\x80\"",  // a surrogate; above U+10FFFF
      R"("\ud800")",       R"("\udc00")",
      R"("\ud800\ud800")",  // lone surrogates, escaped
      R"("a\u0000b")",      // NUL
      R"({"a\u0000":1})",  "{\"\xff\":1}",
  };
  for (const char* const body : bodies)
    EXPECT_EQ(code_of(body), Code::malformed_json) << body;
  EXPECT_EQ(code_of(std::string_view("\"a\0b\"", 5)), Code::malformed_json);
  EXPECT_EQ(parse(R"("\ud83d\ude00")").value().root().text(), "😀");
}

// E02: only a plain integer is of kind integer, so that an amount in any other spelling has the wrong type.
TEST(Faults, E02_OnlyPlainIntegersAreIntegers) {
  const auto kind_of = [](std::string_view number) { return parse(number).value().root().kind(); };
  for (const char* const number :
       {"0", "-1", "6540", "9007199254740993", "9223372036854775807", "-9223372036854775808"})
    EXPECT_EQ(kind_of(number), Kind::integer) << number;
  for (const char* const number :
       {"1.0", "1e3", "1E3", "0.0", "-0.0", "9223372036854775808", "18446744073709551615"}) {
    EXPECT_EQ(kind_of(number), Kind::real) << number;
    EXPECT_EQ(parse(number).value().root().integer(), 0) << number;
  }
  for (const char* const text : {"\"1.0\"", "\"6540\"", "true", "null", "[6540]"})
    EXPECT_NE(kind_of(text), Kind::integer) << text;
  for (const char* const text : {"NaN", "Infinity", "-Infinity", "0x10", "1_000", "007"})
    EXPECT_EQ(code_of(text), Code::malformed_json) << text;
}

// J13, for numbers: nothing at the extremes is silently another number.
TEST(Faults, J13_NumbersAtTheExtremesAreExactOrRefused) {
  EXPECT_EQ(parse("9223372036854775807").value().root().integer(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(parse("-9223372036854775808").value().root().integer(), std::numeric_limits<std::int64_t>::min());
  for (const char* const number :
       {"18446744073709551616", "-9223372036854775809", "1e400", "99999999999999999999999999"}) {
    const auto document = parse(number);
    EXPECT_TRUE(!document || document->root().is(Kind::real)) << number;
  }
}

}  // namespace
}  // namespace payweir::json
