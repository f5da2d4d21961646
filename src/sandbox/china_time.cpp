#include "sandbox/china_time.hpp"

namespace payweir::sandbox {
namespace {

constexpr Duration kOffset = hours(8);

}  // namespace

std::string format_china(Instant t) {
  std::string text = format_iso8601(t + kOffset).substr(0, 19);
  text[10] = ' ';
  return text;
}

std::string format_china_rfc3339(Instant t) {
  return format_iso8601(t + kOffset).substr(0, 19) + "+08:00";
}

std::string china_day(Instant t) {
  const std::string text = format_iso8601(t + kOffset);
  return text.substr(0, 4) + text.substr(5, 2) + text.substr(8, 2);
}

Result<Instant> parse_china_day(std::string_view text) {
  if (text.size() != 10) return fail(Code::invalid_value, "", "not a day as in 2026-11-22");
  return parse_iso8601(std::string(text) + "T00:00:00+08:00");
}

Result<Instant> parse_china(std::string_view text) {
  if ((text.size() != 16 && text.size() != 19) || text[10] != ' ')
    return fail(Code::invalid_value, "", "not a time as in 2026-11-22 12:20:07");
  std::string iso(text);
  iso[10] = 'T';
  return parse_iso8601(iso + (iso.size() == 16 ? ":00+08:00" : "+08:00"));
}

Instant china_midnight(Instant t) {
  const std::int64_t local = (t + kOffset).ms;
  return Instant{local - local % days(1).ms} - kOffset;
}

}  // namespace payweir::sandbox
