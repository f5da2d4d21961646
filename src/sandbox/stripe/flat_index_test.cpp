#include "sandbox/stripe/flat_index.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

namespace payweir::sandbox::stripe {
namespace {

TEST(FlatIndex, BehavesLikeAMap) {
  ASSERT_TRUE(rc::check([](const std::vector<std::pair<std::uint64_t, std::uint32_t>>& entries) {
    FlatIndex index;
    std::map<std::uint64_t, std::uint32_t> model;
    for (const auto& [hash, number] : entries) {
      index[hash] = number;
      model[hash] = number;
    }
    for (const auto& [hash, number] : model)
      RC_ASSERT(index.get(hash) == number);
    RC_ASSERT(model.contains(1) || index.get(1) == FlatIndex::kNone);
  }));
}

TEST(FlatIndex, TakesHashesThatAllBeginAtOneSlot) {
  FlatIndex index;
  for (std::uint32_t i = 0; i < 1000; ++i)
    index[std::uint64_t{i} << 32] = i;
  for (std::uint32_t i = 0; i < 1000; ++i)
    EXPECT_EQ(index.get(std::uint64_t{i} << 32), i);
}

}  // namespace
}  // namespace payweir::sandbox::stripe
