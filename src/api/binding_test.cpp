#include "api/binding.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <functional>

namespace payweir::api {
namespace {

// What `read` makes of {"x": literal}: "" when it is taken, else the code's name and the field.
std::string refusal(const std::string& literal, const std::function<void(Fields&)>& read) {
  const Result<json::Document> document = json::parse("{\"x\":" + literal + "}");
  if (!document) return std::string(code_name(document.error().code));
  std::optional<Error> problem;
  Fields fields(document->root(), problem);
  read(fields);
  return problem ? std::string(code_name(problem->code)) + ' ' + problem->field : "";
}

void read_amount(Fields& fields) {
  static_cast<void>(fields.required_integer("x", kAmountRange));
}

TEST(Faults, E02_AnAmountIsAWholePositiveNumberInRange) {
  const std::pair<const char*, const char*> rows[] = {
      {"1", ""},
      {"6540", ""},
      {"9007199254740991", ""},
      {"0", "invalid_value x"},
      {"-0", "invalid_value x"},
      {"-1", "invalid_value x"},
      {"9007199254740992", "invalid_value x"},
      {"9007199254740993", "invalid_value x"},
      {"-9223372036854775808", "invalid_value x"},
      {"9223372036854775808", "wrong_type x"},
      {"99999999999999999999999999", "malformed_json"},
      {"1.0", "wrong_type x"},
      {"65.40", "wrong_type x"},
      {"1e3", "wrong_type x"},
      {"1E0", "wrong_type x"},
      {"-0.0", "wrong_type x"},
      {"\"6540\"", "wrong_type x"},
      {"\"\"", "wrong_type x"},
      {"true", "wrong_type x"},
      {"[1]", "wrong_type x"},
      {"{}", "wrong_type x"},
      {"null", "missing_field x"},
      {"NaN", "malformed_json"},
      {"Infinity", "malformed_json"},
      {"0x10", "malformed_json"},
      {"01", "malformed_json"},
      {"+1", "malformed_json"},
      {"1.", "malformed_json"},
      {"1,\"x\":1", "json_duplicate_key"},
  };
  for (const auto& [literal, expected] : rows)
    EXPECT_EQ(refusal(literal, read_amount), expected) << literal;
  EXPECT_EQ(
      refusal("1",
              [](Fields& fields) { static_cast<void>(fields.required_integer("amount", kAmountRange)); }),
      "missing_field amount");
}

TEST(Faults, J13_TextsWordsTimesAndCodesAreTyped) {
  using Read = std::function<void(Fields&)>;
  const Read text = [](Fields& fields) { static_cast<void>(fields.text("x", 5)); };
  const Read word = [](Fields& fields) { static_cast<void>(fields.word("x", {"on", "off"})); };
  const Read boolean = [](Fields& fields) { static_cast<void>(fields.boolean("x")); };
  const Read currency = [](Fields& fields) { static_cast<void>(fields.required_currency("x")); };
  const Read time = [](Fields& fields) { static_cast<void>(fields.time("x")); };
  const Read email = [](Fields& fields) { static_cast<void>(fields.email("x")); };
  const Read object = [](Fields& fields) { static_cast<void>(fields.object_json("x", 16)); };
  const Read array = [](Fields& fields) { static_cast<void>(fields.array_json("x", 16)); };
  const Read texts = [](Fields& fields) { static_cast<void>(fields.texts("x", 2)); };
  struct Row {
    const Read& read;
    const char* literal;
    const char* expected;
  };
  const Row rows[] = {
      {text, R"("12345")", ""},
      {text, R"("")", ""},
      {text, "null", ""},
      {text, R"("123456")", "invalid_value x"},
      {text, R"("äöü")", "invalid_value x"},
      {text, "1", "wrong_type x"},
      {text, R"({"a":1})", "wrong_type x"},
      {word, R"("on")", ""},
      {word, R"("ON")", "invalid_value x"},
      {word, R"("later")", "invalid_value x"},
      {word, "true", "wrong_type x"},
      {boolean, "false", ""},
      {boolean, "0", "wrong_type x"},
      {boolean, R"("yes")", "wrong_type x"},
      {currency, R"("USD")", ""},
      {currency, R"("usd")", "unknown_currency x"},
      {currency, R"("ZZZ")", "unknown_currency x"},
      {currency, R"("US\nD")", "unknown_currency x"},
      {currency, R"("")", "unknown_currency x"},
      {currency, "840", "wrong_type x"},
      {currency, "null", "missing_field x"},
      {time, R"("2026-11-22T04:20:07Z")", ""},
      {time, R"("2026-02-30T04:20:07Z")", "invalid_value x"},
      {time, R"("+99999-01-01T00:00:00Z")", "invalid_value x"},
      {time, R"("tomorrow")", "invalid_value x"},
      {time, "1795000000", "wrong_type x"},
      {email, R"("a@b.example")", ""},
      {email, R"("a@b@c")", "invalid_value x"},
      {email, R"("a@b\r\nbcc: c@d")", "invalid_value x"},
      {email, R"("nobody")", "invalid_value x"},
      {object, R"({"a":1})", ""},
      {object, R"({"a":"0123456789"})", "invalid_value x"},
      {object, "[]", "wrong_type x"},
      {object, R"("{}")", "wrong_type x"},
      {array, "[1,2]", ""},
      {array, "{}", "wrong_type x"},
      {texts, R"(["a","b"])", ""},
      {texts, R"(["a","b","c"])", "invalid_value x"},
      {texts, R"(["a",1])", "wrong_type x"},
  };
  for (const Row& row : rows)
    EXPECT_EQ(refusal(row.literal, row.read), row.expected) << row.literal;
}

TEST(Faults, J14_AnAddressForABrowserIsHttpWithAHostAndNoCredentials) {
  const auto read = [](Fields& fields) { static_cast<void>(fields.web_address("x")); };
  for (const char* good : {"https://duck.com", "http://localhost:3000/a?b=c#d", "https://[::1]:8080/"})
    EXPECT_EQ(refusal('"' + std::string(good) + '"', read), "") << good;
  for (const char* bad :
       {"javascript:alert(1)", "data:text/html,x", "//evil.example", "https://", "https:///path",
        "https://:80/", "https://user:pass@evil.example/", "https://good.example@evil.example", "https://a b",
        "https://a/\\u000d\\u000aset-cookie: x", "https:\\\\\\\\evil.example", "https://a\\\\b", "HTTPS://A",
        "ftp://a"})
    EXPECT_EQ(refusal('"' + std::string(bad) + '"', read), "invalid_value x") << bad;
}

TEST(Binding, NamesANestedFieldByItsPath) {
  const Result<json::Document> document = json::parse(R"({"a":{"b":{"c":1}}})");
  ASSERT_TRUE(document);
  std::optional<Error> problem;
  Fields fields(document->root(), problem);
  static_cast<void>(fields.object("a").object("b").text("c"));
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->field, "a.b.c");
}

TEST(Binding, KeepsTheFirstProblem) {
  const Result<json::Document> document = json::parse(R"({"a":1,"b":2})");
  ASSERT_TRUE(document);
  std::optional<Error> problem;
  Fields fields(document->root(), problem);
  static_cast<void>(fields.text("b"));
  static_cast<void>(fields.text("a"));
  const Result<int> value = bound(7, problem);
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().field, "b");
}

TEST(Binding, EveryIntegerInRangeIsTakenAndNoOther) {
  EXPECT_TRUE(rc::check("an integer is taken if and only if it is in range", [](std::int64_t value) {
    const bool in_range = value >= kAmountRange.min && value <= kAmountRange.max;
    RC_ASSERT(refusal(std::to_string(value), read_amount) == (in_range ? "" : "invalid_value x"));
  }));
}

}  // namespace
}  // namespace payweir::api
