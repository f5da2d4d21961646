#include "base/secret.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <type_traits>

namespace payweir {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };

static_assert(!Printable<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string, Secret>);

TEST(Secret, IsRevealedAndCopied) {
  const Secret number("4242424242424242");
  const Secret copy = number;
  EXPECT_EQ(number.reveal(), "4242424242424242");
  EXPECT_EQ(copy.reveal(), number.reveal());
  EXPECT_EQ(number.size(), 16u);
  EXPECT_TRUE(Secret().empty());
}

TEST(Secret, LeavesNothingBehindWhenItIsMoved) {
  for (const std::string& text : {std::string("short"), std::string(100, 'x')}) {
    Secret from(text);
    const Secret to = std::move(from);
    EXPECT_EQ(to.reveal(), text);
    EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): what a move leaves is what is tested
  }
}

TEST(Secret, WipesTheWholeBuffer) {
  std::string text = "4242424242424242 in a text that is too long for the string itself";
  const std::string_view buffer(text.data(), text.capacity());  // stays the string's: wipe() frees nothing
  text.resize(4);                                               // the rest still stands in the buffer
  ASSERT_TRUE(buffer.contains("in a text"));
  Secret::wipe(text);
  EXPECT_TRUE(text.empty());
  ASSERT_EQ(text.data(), buffer.data());
  EXPECT_EQ(buffer.find_first_not_of('\0'), std::string_view::npos);
}

}  // namespace
}  // namespace payweir
