#include "crypto/encoding.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace payweir::crypto {
namespace {

TEST(Encoding, Base64MatchesRfc4648Examples) {
  const std::pair<const char*, const char*> rows[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [plain, encoded] : rows) {
    EXPECT_EQ(to_base64(plain), encoded);
    const auto decoded = from_base64(encoded);
    ASSERT_TRUE(decoded) << encoded;
    EXPECT_EQ(*decoded, plain);
  }
}

TEST(Encoding, Base64RefusesWhatTheEncoderNeverWrites) {
  const char* const rows[] = {
      "Zg",                // no padding
      "Zg=",               // half of the padding
      "Zh==",              // bits behind the last byte
      "Zm9=",              // the same, two bytes
      "Z===",              // six bits hold no byte
      "====",              // nothing but padding
      "Zg==Zg==",          // padding in the middle
      "Zm9v\n",            // white space
      " Zm9v",    "Zm-_",  // the URL-safe alphabet
      "Zm9vZ",    "Zm\xc3\xa9",
  };
  for (const char* const row : rows) {
    const auto decoded = from_base64(row);
    ASSERT_FALSE(decoded) << row;
    EXPECT_EQ(decoded.error().code, Code::invalid_value);
  }
}

TEST(Encoding, HexTakesEitherCaseAndNothingElse) {
  EXPECT_EQ(to_hex(std::string_view("\x00\x7f\xff", 3)), "007fff");
  EXPECT_EQ(from_hex("00fFA9").value(), std::string("\x00\xff\xa9", 3));
  EXPECT_EQ(from_hex("").value(), "");
  for (const char* const row : {"0", "0g", "g0", "0x00", "00 ", "-1"}) {
    const auto decoded = from_hex(row);
    ASSERT_FALSE(decoded) << row;
    EXPECT_EQ(decoded.error().code, Code::invalid_value);
  }
}

TEST(Encoding, EveryByteStringSurvivesTheRoundTrip) {
  EXPECT_TRUE(rc::check("hex and base64 round trip", [](const std::string& bytes) {
    RC_ASSERT(from_hex(to_hex(bytes)).value() == bytes);
    RC_ASSERT(from_base64(to_base64(bytes)).value() == bytes);
  }));
}

TEST(Encoding, WhatBase64AcceptsIsCanonical) {
  EXPECT_TRUE(rc::check("decode then encode is the identity on what decodes", [] {
    const auto text = *rc::gen::container<std::string>(8, rc::gen::elementOf(std::string("AQgwZ/+=")));
    const auto decoded = from_base64(text);
    if (decoded) RC_ASSERT(to_base64(*decoded) == text);
  }));
}

}  // namespace
}  // namespace payweir::crypto
