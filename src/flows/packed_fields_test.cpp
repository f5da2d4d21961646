#include "flows/packed_fields.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace payweir::flows {
namespace {

RC_GTEST_PROP(PackedFields, GivesBackWhatWasAdded,
              (const std::vector<std::string>& texts, std::int64_t number)) {
  std::size_t bytes = 20;
  for (const std::string& text : texts)
    bytes += text.size();
  FieldWriter out(bytes, texts.size() + 1);
  for (const std::string& text : texts)
    out.add(text);
  out.add(number);
  const Secret packed = out.take();

  FieldReader in(packed.reveal());
  for (const std::string& text : texts)
    RC_ASSERT(in.text() == text);
  RC_ASSERT(in.number() == number);
  RC_ASSERT(in.complete());
}

RC_GTEST_PROP(PackedFields, NeverReadsBeyondAnyText, (const std::string& text)) {
  FieldReader in(text);
  for (int i = 0; i < 4; ++i) {
    const std::string_view field = in.text();
    RC_ASSERT(field.size() <= text.size());
  }
}

TEST(PackedFields, RefusesWhatIsMissingOrLeftOver) {
  for (const std::string_view text : {"", "3:ab", "x:ab", "-1:a", "99999999999999999999:a", "2:ab1:c"}) {
    FieldReader in(text);
    static_cast<void>(in.text());
    EXPECT_FALSE(in.complete()) << text;
  }
}

}  // namespace
}  // namespace payweir::flows
