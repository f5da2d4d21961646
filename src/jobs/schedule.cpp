#include "jobs/schedule.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace payweir::jobs {
namespace {

constexpr Duration kRetryAfterMax = hours(24);

// "Sun, 06 Nov 1994 08:49:37 GMT", the one form that RFC 9110, 5.6.7 lets a sender write.
std::optional<Instant> parse_http_date(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || !text.ends_with(" GMT") || text.substr(3, 2) != ", ") return std::nullopt;
  const auto month = std::ranges::find(kMonths, text.substr(8, 3));
  if (month == kMonths.end()) return std::nullopt;
  const auto number = std::to_string(month - kMonths.begin() + 1);
  const std::string iso = std::string(text.substr(12, 4)) + "-" + (number.size() < 2 ? "0" : "") + number +
                          "-" + std::string(text.substr(5, 2)) + "T" + std::string(text.substr(17, 8)) + "Z";
  const Result<Instant> parsed = parse_iso8601(iso);
  return parsed ? std::optional(*parsed) : std::nullopt;
}

}  // namespace

Duration backoff(std::int64_t failures_in_a_row) {
  const std::int64_t doublings = std::clamp<std::int64_t>(failures_in_a_row - 1, 0, 20);
  return std::min(seconds(std::int64_t{1} << doublings), minutes(5));
}

std::optional<Instant> next_delivery(Instant failed_at, std::int64_t tries) {
  static constexpr std::array<Duration, kDeliveryTriesMax> kBefore = {Duration{}, minutes(1),  minutes(2),
                                                                      minutes(5), minutes(10), minutes(30),
                                                                      hours(2),   hours(6),    hours(15)};
  if (tries >= kDeliveryTriesMax) return std::nullopt;
  return failed_at + kBefore[static_cast<std::size_t>(std::max<std::int64_t>(tries, 0))];
}

std::optional<Duration> parse_retry_after(std::string_view field, Instant now) {
  std::int64_t count = 0;
  const char* end = field.data() + field.size();
  const auto [behind, error] = std::from_chars(field.data(), end, count);
  if (error == std::errc::result_out_of_range && behind == end) return kRetryAfterMax;
  if (error == std::errc() && behind == end) {
    if (count < 0) return std::nullopt;
    return seconds(std::min(count, kRetryAfterMax.ms / 1000));
  }
  const std::optional<Instant> date = parse_http_date(field);
  if (!date) return std::nullopt;
  return std::clamp(*date - now, Duration{}, kRetryAfterMax);
}

}  // namespace payweir::jobs
