#include "base/shared_value.hpp"

#include <gtest/gtest.h>

#include <string>

namespace payweir {
namespace {

TEST(SharedValue, CopiesShareUntilOneIsEdited) {
  SharedValue<std::string> first;
  EXPECT_TRUE(first.is_same_as(SharedValue<std::string>()));
  first.edit() = "a";
  EXPECT_EQ(*SharedValue<std::string>(), "") << "the empty one was edited";

  SharedValue<std::string> second = first;
  EXPECT_TRUE(second.is_same_as(first));
  second.edit() += "b";
  EXPECT_FALSE(second.is_same_as(first));
  EXPECT_EQ(*first, "a");
  EXPECT_EQ(*second, "ab");

  const std::string* const place = &*second;
  second.edit() += "c";
  EXPECT_EQ(&*second, place) << "the only owner was copied";
  EXPECT_EQ(second->size(), 3u);
}

}  // namespace
}  // namespace payweir
