#include "connectors/wire/china_time.hpp"

namespace payweir::wire {
namespace {

constexpr Duration kOffset = hours(8);
constexpr std::size_t kSecondsEnd = 19;  // of "2026-11-22T12:00:00"

}  // namespace

std::string china_time(Instant time) {
  std::string text = format_iso8601(time + kOffset).substr(0, kSecondsEnd);
  text[10] = ' ';
  return text;
}

std::string china_time_rfc3339(Instant time) {
  return format_iso8601(time + kOffset).substr(0, kSecondsEnd) + "+08:00";
}

Result<Instant> parse_china_time(std::string_view text) {
  if (text.size() != kSecondsEnd || text[10] != ' ')
    return fail(Code::invalid_value, "", "a time as 2026-11-22 12:00:00 is expected");
  std::string iso(text);
  iso[10] = 'T';
  return parse_iso8601(iso + "+08:00");
}

}  // namespace payweir::wire
