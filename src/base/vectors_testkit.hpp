#pragma once
// The golden vectors of the gateways, for the tests that recompute them: tests/vectors, or the folder that
// $VECTORS_DIR names.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "base/json_reader.hpp"

namespace payweir::testkit {

// An empty document, and a failure of the test, when it cannot be read.
inline json::Document load_vectors(const std::string& file_name) {
  const char* const folder = std::getenv("VECTORS_DIR");
  const std::string path = std::string(folder ? folder : "tests/vectors") + "/" + file_name;
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  auto document = json::parse(text.str(), {.depth_max = 64, .keys_max = 1'000'000});
  EXPECT_TRUE(document) << path << " cannot be read: " << (document ? "" : document.error().detail);
  return document ? std::move(*document) : json::Document{};
}

// "" when the case is to be accepted, else the reason why not.
inline std::string_view reason_of(const json::Value& vector_case) {
  return vector_case["expect"]["ok"].boolean() ? "" : vector_case["expect"]["reason"].text();
}

}  // namespace payweir::testkit
