#include "base/form.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace payweir::form {
namespace {

std::string encode(const Pairs& pairs) {
  Encoder encoder;
  for (const auto& [key, value] : pairs)
    encoder.add(key, value);
  return std::move(encoder).take();
}

TEST(Form, KeepsBracketsRawAndWritesSpaceAsPercent20) {
  EXPECT_EQ(encode({{"a[b][0]", "x y"}, {"note", "a=b&c+d/é"}, {"gone", ""}}),
            "a[b][0]=x%20y&note=a%3Db%26c%2Bd%2F%C3%A9&gone=");
  EXPECT_EQ(encode({{"name", "T-shirt [red]"}}), "name=T-shirt%20[red]");
  EXPECT_EQ(encode({}), "");
}

TEST(Form, PercentEncodeLeavesOnlyUnreservedCharacters) {
  EXPECT_EQ(percent_encode("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(percent_encode("a/b?c[0]=茶'\"\n"), "a%2Fb%3Fc%5B0%5D%3D%E8%8C%B6%27%22%0A");
}

TEST(Form, DecodesWhatBrowsersAndLibrariesSend) {
  const auto pairs = decode("a=1&b=x+y&c=x%20y&d=&e&&a=2&f=a%3db&g=p=q&").value();
  const Pairs expected = {{"a", "1"}, {"b", "x y"}, {"c", "x y"}, {"d", ""},
                          {"e", ""},  {"a", "2"},   {"f", "a=b"}, {"g", "p=q"}};
  EXPECT_EQ(pairs, expected);
  EXPECT_TRUE(decode("").value().empty());
}

TEST(Form, PlusIsASpaceInAFormOnly) {
  EXPECT_EQ(percent_decode("a+b%2B").value(), "a+b+");
  EXPECT_EQ(decode("k=a+b%2B").value()[0].second, "a b+");
}

TEST(Form, RefusesBrokenEscapes) {
  for (const char* const text : {"a=%", "a=%4", "a=%4g", "a=%g4", "%=1", "a=%%20"}) {
    const auto pairs = decode(text);
    ASSERT_FALSE(pairs) << text;
    EXPECT_EQ(pairs.error().code, Code::invalid_value) << text;
  }
}

TEST(Form, NamesTheFieldThatIsBroken) {
  EXPECT_EQ(decode("amount=1&note=%zz").error().field, "note");
}

TEST(Form, RefusesWhiteSpaceAndControlCharactersThatAreNotEscaped) {
  for (const char* const text : {"a=1 2", "a=1\r\nX: y", "a=1\t", " a=1", "a=\x7f"})
    EXPECT_FALSE(decode(text)) << text;
  EXPECT_FALSE(decode(std::string_view("a=1\0", 4)));
}

TEST(Form, TakesAThousandPairsAndNotOneMore) {
  std::string text;
  for (std::size_t i = 0; i < kPairsMax; ++i)
    text += "k=v&";
  EXPECT_EQ(decode(text).value().size(), kPairsMax);
  EXPECT_FALSE(decode(text + "k=v"));
}

TEST(Form, EveryTextSurvivesTheRoundTrip) {
  EXPECT_TRUE(rc::check("encode then decode is the identity", [] {
    const auto text_of = rc::gen::container<std::string>(
        rc::gen::elementOf(std::string("abcXYZ0189-._~[]&=+% '\"/?#\r\n\t\x7f")));
    Pairs pairs;
    for (const auto& [key, value] : *rc::gen::container<std::vector<std::pair<std::string, std::string>>>(
             rc::gen::pair(rc::gen::nonEmpty(text_of), text_of)))
      pairs.emplace_back(key, value);
    RC_ASSERT(decode(encode(pairs)).value() == pairs);
  }));
}

// J04, in a form: what is not UTF-8, or holds a NUL, is refused however it is written.
TEST(Faults, J04_FormsWithInvalidUtf8OrNulAreRefused) {
  for (const char* const text : {
           "a=%00",           // NUL
           "a%00=1",          // in a key
           "a=%C0%AF",        // overlong "/"
           "a=%E0%80%AF",     // overlong, three bytes
           "a=%ED%A0%80",     // a surrogate
           "a=%F4%90%80%80",  // above U+10FFFF
           "a=%80",
           "a=%C3",
           "a=\xff",
       }) {
    const auto pairs = decode(text);
    ASSERT_FALSE(pairs) << text;
    EXPECT_EQ(pairs.error().code, Code::invalid_value) << text;
  }
}

}  // namespace
}  // namespace payweir::form
