#pragma once
// For tests: the golden vectors of tests/vectors, or the files of those names in $VECTORS_DIR.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "base/json_reader.hpp"
#include "crypto/encoding.hpp"

namespace payweir::vectors {

inline json::Document load(const std::string& name) {
  const char* const folder = std::getenv("VECTORS_DIR");
  const std::string path = std::string(folder ? folder : "tests/vectors") + "/" + name + ".json";
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  auto document = json::parse(text.str(), {.depth_max = 64, .keys_max = 1'000'000});
  EXPECT_TRUE(document) << path << " cannot be read: " << (document ? "" : document.error().detail);
  return document ? std::move(*document) : json::Document{};
}

// body_b64 is what counts.
inline std::string body_of(const json::Value& vector_case) {
  auto body = crypto::from_base64(vector_case["body_b64"].text());
  EXPECT_TRUE(body) << vector_case["id"].text();
  return body.value_or("");
}

// "" when the case is to be accepted, else the reason why not.
inline std::string_view reason_of(const json::Value& vector_case) {
  return vector_case["expect"]["ok"].boolean() ? "" : vector_case["expect"]["reason"].text();
}

}  // namespace payweir::vectors
