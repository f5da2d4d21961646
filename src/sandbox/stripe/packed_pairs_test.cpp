#include "sandbox/stripe/packed_pairs.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <string>

namespace payweir::sandbox::stripe {
namespace {

TEST(PackedPairs, BehaveLikeAMap) {
  ASSERT_TRUE(rc::check([](const std::vector<std::pair<std::uint8_t, std::string>>& steps) {
    PackedPairs pairs;
    std::map<std::string, std::string> model;
    for (const auto& [number, text] : steps) {
      const std::string key = "k" + std::to_string(number % 5);
      const std::string value = text.substr(0, text.find('\0'));
      pairs.set(key, value);
      if (value.empty()) {
        model.erase(key);
      } else {
        model[key] = value;
      }
    }
    const PackedPairs copy = pairs;
    RC_ASSERT(copy.count() == model.size());
    for (const auto& [key, value] : model)
      RC_ASSERT(copy.get(key) == value);
    RC_ASSERT(copy.get("another").empty());
  }));
}

}  // namespace
}  // namespace payweir::sandbox::stripe
