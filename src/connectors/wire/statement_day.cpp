#include "connectors/wire/statement_day.hpp"

#include <string>

#include "connectors/wire/china_time.hpp"

namespace payweir::wire {
namespace {

constexpr Duration kReadyAfter = hours(24 + 10);
constexpr std::size_t kDaySize = std::string_view("2026-01-15").size();

}  // namespace

Result<Instant> begin_of_day(std::string_view day, Instant now) {
  const Result<Instant> begin = parse_china_time(std::string(day) + " 00:00:00");
  if (day.size() != kDaySize || !begin)
    return fail(Code::invalid_value, "date", "a day such as 2026-01-15 is expected");
  if (*begin > now)
    return fail(Code::invalid_value, "date", "that day has not begun yet, by Beijing's clock");
  return *begin;
}

bool may_still_come(Instant day, Instant now) {
  return now < day + kReadyAfter;
}

}  // namespace payweir::wire
