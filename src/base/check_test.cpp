#include "base/check.hpp"

#include <gtest/gtest.h>

namespace payweir {
namespace {

TEST(Check, EndsTheProcessAndSaysWhy) {
  check(true, "all is well");
  EXPECT_DEATH(check(false, "two and two are five"), "payweir: check failed: two and two are five");
}

}  // namespace
}  // namespace payweir
