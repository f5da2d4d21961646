#pragma once
// What the connectors' vector tests share.
#include <string>

#include "base/vectors_testkit.hpp"
#include "crypto/encoding.hpp"

namespace payweir::testkit {

// body_b64 is what counts.
inline std::string body_of(const json::Value& vector_case) {
  auto body = crypto::from_base64(vector_case["body_b64"].text());
  EXPECT_TRUE(body) << vector_case["id"].text();
  return body.value_or("");
}

}  // namespace payweir::testkit
