#include "base/time.hpp"

#include <chrono>

namespace payweir {
namespace {

// Reads exactly `width` digits at `pos` and moves on; -1 when they are not there.
int read_digits(std::string_view text, std::size_t& pos, std::size_t width) {
  if (pos + width > text.size()) return -1;
  int value = 0;
  for (std::size_t i = 0; i < width; ++i) {
    const char c = text[pos + i];
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  pos += width;
  return value;
}

bool read_char(std::string_view text, std::size_t& pos, char wanted) {
  if (pos >= text.size() || text[pos] != wanted) return false;
  ++pos;
  return true;
}

void write_digits(std::string& text, std::size_t pos, std::size_t width, std::int64_t value) {
  for (std::size_t i = width; i-- > 0; value /= 10)
    text[pos + i] = static_cast<char>('0' + value % 10);
}

}  // namespace

std::string format_iso8601(Instant t) {
  using namespace std::chrono;
  const sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds{t.ms}};
  const auto day = floor<std::chrono::days>(time);
  const year_month_day date{day};
  const std::int64_t in_day = (time - day).count();
  std::string out = "0000-00-00T00:00:00.000Z";
  write_digits(out, 0, 4, static_cast<int>(date.year()));
  write_digits(out, 5, 2, static_cast<unsigned>(date.month()));
  write_digits(out, 8, 2, static_cast<unsigned>(date.day()));
  write_digits(out, 11, 2, in_day / 3'600'000);
  write_digits(out, 14, 2, in_day / 60'000 % 60);
  write_digits(out, 17, 2, in_day / 1000 % 60);
  write_digits(out, 20, 3, in_day % 1000);
  return out;
}

Result<Instant> parse_iso8601(std::string_view text) {
  using namespace std::chrono;
  const auto bad = [] {
    return fail(Code::invalid_value, "", "expected a time such as 2026-11-22T04:20:07.123Z");
  };
  std::size_t pos = 0;
  const int year_value = read_digits(text, pos, 4);
  if (year_value < 1970 || !read_char(text, pos, '-')) return bad();
  const int month_value = read_digits(text, pos, 2);
  if (month_value < 0 || !read_char(text, pos, '-')) return bad();
  const int day_value = read_digits(text, pos, 2);
  if (day_value < 0 || !read_char(text, pos, 'T')) return bad();
  const int hour_value = read_digits(text, pos, 2);
  if (hour_value < 0 || hour_value > 23 || !read_char(text, pos, ':')) return bad();
  const int minute_value = read_digits(text, pos, 2);
  if (minute_value < 0 || minute_value > 59 || !read_char(text, pos, ':')) return bad();
  const int second_value = read_digits(text, pos, 2);
  if (second_value < 0 || second_value > 59) return bad();
  std::int64_t ms = 0;
  if (read_char(text, pos, '.')) {
    std::int64_t scale = 100;
    std::size_t digit_count = 0;
    for (; pos < text.size() && text[pos] >= '0' && text[pos] <= '9'; ++pos, ++digit_count) {
      ms += (text[pos] - '0') * scale;
      scale /= 10;
    }
    if (digit_count == 0 || digit_count > 9) return bad();
  }
  std::int64_t offset_minutes = 0;
  if (!read_char(text, pos, 'Z')) {
    if (pos >= text.size() || (text[pos] != '+' && text[pos] != '-')) return bad();
    const int sign = text[pos++] == '+' ? 1 : -1;
    const int offset_hour = read_digits(text, pos, 2);
    if (offset_hour < 0 || offset_hour > 23 || !read_char(text, pos, ':')) return bad();
    const int offset_minute = read_digits(text, pos, 2);
    if (offset_minute < 0 || offset_minute > 59) return bad();
    offset_minutes = sign * (offset_hour * 60 + offset_minute);
  }
  if (pos != text.size()) return bad();
  const year_month_day date{year{year_value}, month{static_cast<unsigned>(month_value)},
                            day{static_cast<unsigned>(day_value)}};
  if (!date.ok()) return bad();
  const std::int64_t day_count = sys_days{date}.time_since_epoch().count();
  const std::int64_t minute_count = (day_count * 24 + hour_value) * 60 + minute_value - offset_minutes;
  return Instant{(minute_count * 60 + second_value) * 1000 + ms};
}

Result<Instant> parse_http_date(std::string_view text) {
  using namespace std::chrono;
  static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto bad = [] {
    return fail(Code::invalid_value, "", "expected a date such as Sun, 22 Nov 2026 04:20:07 GMT");
  };
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") return bad();
  std::size_t pos = 5;
  const int day_value = read_digits(text, pos, 2);
  const std::size_t month_place = kMonths.find(text.substr(8, 3));
  pos = 12;
  const int year_value = read_digits(text, pos, 4);
  const auto part = [&](std::size_t at) {
    pos = at;
    return read_digits(text, pos, 2);
  };
  const int hour = part(17), minute = part(20), second = part(23);
  if (text[7] != ' ' || text[11] != ' ' || text[16] != ' ' || text[19] != ':' || text[22] != ':' ||
      month_place == std::string_view::npos || month_place % 3 != 0 || year_value < 1970 || hour < 0 ||
      hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
    return bad();
  const year_month_day date{year{year_value}, month{static_cast<unsigned>(month_place / 3 + 1)},
                            day{static_cast<unsigned>(day_value)}};
  if (day_value < 1 || !date.ok()) return bad();
  const std::int64_t days_since = sys_days{date}.time_since_epoch().count();
  return Instant{days_since * 86'400'000 + hour * 3'600'000 + minute * 60'000 + second * 1000};
}

}  // namespace payweir
