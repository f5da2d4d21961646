#include "connectors/wire/china_time.hpp"

#include <algorithm>
#include <array>

namespace payweir::wire {
namespace {

constexpr std::string_view kOffset = "+08:00";
constexpr std::size_t kSize = std::string_view("2026-01-15 10:00:00").size();

}  // namespace

std::string china_time(Instant time) {
  std::string text = format_iso8601(time + hours(8)).substr(0, kSize);
  text[10] = ' ';
  return text;
}

std::string china_time_rfc3339(Instant time) {
  return format_iso8601(time + hours(8)).substr(0, kSize).append(kOffset);
}

Result<Instant> parse_china_time(std::string_view text) {
  if (text.size() != kSize || text[10] != ' ')
    return fail(Code::invalid_value, "", "expected a time such as 2026-01-15 10:00:00");
  // On the stack: statements have millions of them.
  std::array<char, kSize + kOffset.size()> iso8601{};
  std::ranges::copy(kOffset, std::ranges::copy(text, iso8601.begin()).out);
  iso8601[10] = 'T';
  return parse_iso8601({iso8601.data(), iso8601.size()});
}

}  // namespace payweir::wire
