#include "domain/routing/estimates.hpp"

#include <algorithm>
#include <bit>
#include <iterator>

namespace payweir::routing {
namespace {

// Every number here was chosen by bench/routing_bench.cpp; docs/adr/0008 says why.

// What is expected where nothing was seen, and the deviation of that.
constexpr std::int64_t kUnseenPpm = 900'000, kUnseenAnswersPpm = 990'000;
constexpr std::int64_t kUnseenVariance = std::int64_t{100'000} * 100'000;
// How many payments' weight what is known of all of an account's payments has among those of one method; and
// what is usual for a method, among its answers of late.
constexpr std::int64_t kBorrowedPayments = 30, kUsualPayments = 4;
// How far what an account approves wanders in an hour: one per cent.
constexpr std::int64_t kVarianceAnHour = std::int64_t{10'000} * 10'000;
// A segment without payments for so long is as good as new: also an account that was far behind is seen
// again.
constexpr Duration kForgottenAfter = days(2);
// By how much of a deviation draws are off, in per cent: less than all of it, because a hundred thousand
// payments are not enough for a search without end to pay.
constexpr std::int64_t kBoldness = 45;
// An account that answers less than this is down. As long as nothing is known of late, one in kProbes draws
// tries it; and one in kProbesAfterAnswers when it has begun to answer.
constexpr std::int64_t kDownPpm = 900'000;
constexpr std::uint32_t kProbes = 64, kProbesAfterAnswers = 8;

// Answers of late: a memory of 64 payments, halved every five minutes, in 64 steps. A payment is kOne.
constexpr std::uint32_t kOne = 1u << 20;
constexpr int kAnswersShift = 6;
constexpr int kStepsOfHalf = 64;
constexpr std::int64_t kStepMs = minutes(5).ms / kStepsOfHalf;

// Moving a cell to the front at every payment would fetch its neighbours from memory each time.
constexpr Duration kPlaceKept = seconds(1);

constexpr std::int64_t kHourMs = hours(1).ms;
constexpr std::int64_t kFine = 1 << 16;
// Of counts that were seen together no more than this is gone through one by one.
constexpr std::uint64_t kSampleMax = 4'096;
using Wide = __int128;

// 2^(-i/64) in 65 536ths.
constexpr std::array<std::uint32_t, kStepsOfHalf> kFade = [] {
  constexpr std::uint64_t kStep = 4'248'701'965;  // 2^(-1/64) in 2^32ths
  std::array<std::uint32_t, kStepsOfHalf> fade{};
  std::uint64_t value = std::uint64_t{1} << 32;
  for (std::uint32_t& each : fade) {
    each = static_cast<std::uint32_t>(value >> 16);
    value = value * kStep >> 32;
  }
  return fade;
}();

constexpr std::string_view kNetworks[] = {
    "",        "visa",    "mastercard", "amex",  "discover", "diners", "jcb", "unionpay", "cartesbancaires",
    "interac", "maestro", "rupay",      "accel", "nyce",     "pulse",  "star"};

constexpr std::uint32_t kOfMethod = 1u << 30, kOfSegment = 1u << 31;

std::uint32_t method_part(Segment segment) {
  return kOfMethod | static_cast<std::uint32_t>(segment.method);
}

std::uint32_t segment_part(Segment segment) {
  return kOfSegment | static_cast<std::uint32_t>(segment.method) << 18 |
         std::uint32_t{segment.network} << 10 | static_cast<std::uint32_t>(segment.currency.numeric());
}

// What `good` of `all` say to who believed in `ppm` as firmly as after `weight` payments.
std::int64_t updated(std::int64_t ppm, std::int64_t weight, std::int64_t good, std::int64_t all) {
  return (ppm * weight + good * kAll) / (weight + all);
}

// Goes through so many good and bad ones, in turn with each other; of many through a sample in proportion.
template <class Each>
void go_through(std::uint32_t good, std::uint32_t bad, Each each) {
  const std::uint64_t all = std::uint64_t{good} + bad, sample = std::min(all, kSampleMax);
  for (std::uint64_t i = 0; i < sample; ++i)
    each((i + 1) * good / all != i * good / all);
}

std::uint32_t faded(std::uint32_t weight, std::int64_t steps) {
  if (steps <= 0) return weight;
  if (steps >= 32 * kStepsOfHalf) return 0;
  const std::uint64_t product = std::uint64_t{weight} * kFade[static_cast<std::size_t>(steps % kStepsOfHalf)];
  return static_cast<std::uint32_t>(product >> (16 + steps / kStepsOfHalf));
}

// Rounded down.
std::int64_t square_root(std::int64_t value) {
  if (value <= 0) return 0;
  std::int64_t root = std::int64_t{1} << ((std::bit_width(static_cast<std::uint64_t>(value)) + 1) / 2);
  for (std::int64_t next = (root + value / root) / 2; next < root; next = (root + value / root) / 2)
    root = next;
  return root;
}

std::uint64_t mix(std::uint64_t bits) {  // SplitMix64: Steele, Lea, Flood, 2014
  bits += 0x9e3779b97f4a7c15u;
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9u;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebu;
  return bits ^ (bits >> 31);
}

// Almost a standard normal draw, in millionths, from -3.5 to 3.5: the sum of four even ones.
std::int64_t normal(std::uint64_t bits) {
  std::int64_t sum = 0;
  for (int part = 0; part < 4; ++part)
    sum += static_cast<std::int64_t>(bits >> (16 * part) & 0xffff);
  return (sum - 2 * 0xffff) * 26'429 / 1'000;  // the sum's deviation is 37 837
}

}  // namespace

std::uint8_t network_number(std::string_view canonical_name) {
  const auto* const found = std::ranges::find(kNetworks, canonical_name);
  return found == std::end(kNetworks) ? std::uint8_t{0}
                                      : static_cast<std::uint8_t>(found - std::begin(kNetworks));
}

SuccessRates::SuccessRates(std::size_t cells_max) : cells_max_(std::max<std::size_t>(cells_max, 3)) {}

std::size_t SuccessRates::Hash::operator()(const Key& key) const {
  return mix(static_cast<std::uint64_t>(key.account) ^ std::uint64_t{key.segment} << 32);
}

SuccessRates::Cell& SuccessRates::touch(Key key, Instant now) {
  if (const auto known = cells_.find(key); known != cells_.end()) {
    Cell& cell = known->second;
    if (now - cell.placed_at >= kPlaceKept) {
      order_.splice(order_.begin(), order_, cell.place);
      cell.placed_at = now;
    }
    return cell;
  }
  if (cells_.size() >= cells_max_) {
    cells_.erase(order_.back());
    order_.pop_back();
  }
  order_.push_front(key);
  Cell& cell = cells_[key];
  cell.place = order_.begin();
  cell.placed_at = now;
  return cell;
}

const SuccessRates::Cell& SuccessRates::find(Key key) const {
  static const Cell kEmpty;
  const auto known = cells_.find(key);
  return known == cells_.end() ? kEmpty : known->second;
}

SuccessRates::Hour& SuccessRates::hour_of(Day& day, std::int64_t hour) {
  return day.hours[static_cast<std::size_t>(hour % std::int64_t{Day::kHours})];
}

// Without the hours that are over when `hour` runs.
SuccessRates::Hour SuccessRates::sum_at(const Day& day, std::int64_t hour) {
  if (hour - day.hour >= std::int64_t{Day::kHours}) return {};
  Hour sum = day.sum;
  for (std::int64_t next = day.hour + 1; next <= hour; ++next) {
    const Hour& old = day.hours[static_cast<std::size_t>(next % std::int64_t{Day::kHours})];
    sum.approved -= old.approved;
    sum.answered -= old.answered;
    sum.all -= old.all;
  }
  return sum;
}

void SuccessRates::add(Day& day, const Counts& counts, Instant now) {
  const std::int64_t hour = std::max(now.ms / kHourMs, day.hour);
  day.sum = sum_at(day, hour);
  for (std::int64_t next = std::max(day.hour, hour - std::int64_t{Day::kHours}) + 1; next <= hour; ++next)
    hour_of(day, next) = {};
  day.hour = hour;
  for (Hour* each : {&hour_of(day, hour), &day.sum}) {
    each->approved += counts.approved;
    each->answered += counts.approved + counts.declined;
    each->all += counts.approved + counts.declined + counts.technical_failures;
  }
}

void SuccessRates::feed(Fading& fading, std::uint32_t good, std::uint32_t bad, Instant now) {
  const std::int64_t step = std::max(now.ms / kStepMs, fading.step);
  fading.good = faded(fading.good, step - fading.step);
  fading.bad = faded(fading.bad, step - fading.step);
  fading.step = step;
  go_through(good, bad, [&](bool is_good) {
    fading.good -= fading.good >> kAnswersShift;
    fading.bad -= fading.bad >> kAnswersShift;
    (is_good ? fading.good : fading.bad) += kOne;
  });
}

bool SuccessRates::is_known(const Level& level, Instant now) {
  return level.variance != 0 && (now - level.at).ms < kForgottenAfter.ms;
}

std::int64_t SuccessRates::variance_at(const Level& level, Instant now) {
  if (!is_known(level, now)) return kUnseenVariance;
  const std::int64_t ms = std::max<std::int64_t>((now - level.at).ms, 0);
  return std::min(level.variance + ms * (kVarianceAnHour / 1000) / (kHourMs / 1000), kUnseenVariance);
}

// A Kalman filter of one value: local level, the noise of a single approval or decline being p(1 - p).
void SuccessRates::correct(Level& level, std::uint32_t good, std::uint32_t bad, std::int32_t start_ppm,
                           Instant now) {
  if (good + bad == 0) return;
  if (!is_known(level, now)) level.fine_ppm = start_ppm * kFine;
  level.variance = variance_at(level, now);
  level.at = std::max(level.at, now);
  go_through(good, bad, [&](bool is_good) {
    const std::int64_t p = std::clamp<std::int64_t>(level.fine_ppm / kFine, kAll / 50, kAll - kAll / 50);
    const std::int64_t all = level.variance + p * (kAll - p);
    const std::int64_t missed = (is_good ? kAll * kFine : 0) - level.fine_ppm;
    level.fine_ppm += static_cast<std::int64_t>(Wide{missed} * level.variance / all);
    level.variance -= static_cast<std::int64_t>(Wide{level.variance} * level.variance / all);
    level.variance = std::max<std::int64_t>(level.variance, 1);
  });
}

std::int32_t SuccessRates::borrowed_ppm(std::int64_t account_key, Segment segment, Instant now) const {
  std::int64_t ppm = kUnseenPpm;
  for (const std::uint32_t part : {0u, method_part(segment)}) {
    const Hour day = sum_at(find({account_key, part}).day, now.ms / kHourMs);
    ppm = updated(ppm, kBorrowedPayments, day.approved, day.answered);
  }
  return static_cast<std::int32_t>(ppm);
}

void SuccessRates::observe(std::int64_t account_key, Segment segment, Observation observation, Instant now) {
  Counts counts;
  switch (observation) {
    case Observation::approved: counts.approved = 1; break;
    case Observation::declined: counts.declined = 1; break;
    case Observation::technical_failure: counts.technical_failures = 1; break;
  }
  observe(account_key, segment, counts, now);
}

void SuccessRates::observe(std::int64_t account_key, Segment segment, const Counts& counts, Instant now) {
  Cell& cell = touch({account_key, segment_part(segment)}, now);
  const std::int32_t start_ppm = is_known(cell.approvals, now) ? 0 : borrowed_ppm(account_key, segment, now);
  correct(cell.approvals, counts.approved, counts.declined, start_ppm, now);
  add(cell.day, counts, now);
  for (const std::uint32_t part : {method_part(segment), 0u}) {
    Cell& above = touch({account_key, part}, now);
    feed(above.answers, counts.approved + counts.declined, counts.technical_failures, now);
    add(above.day, counts, now);
  }
}

Estimate SuccessRates::estimate(std::int64_t account_key, Segment segment, std::uint32_t draw,
                                Instant now) const {
  const Cell& of_method = find({account_key, method_part(segment)});
  const Cell& of_segment = find({account_key, segment_part(segment)});
  const Level& level = of_segment.approvals;
  const std::int64_t approvals_ppm =
      is_known(level, now) ? level.fine_ppm / kFine : borrowed_ppm(account_key, segment, now);

  // A gateway is down for a method, not for a currency.
  const std::int64_t steps = now.ms / kStepMs - of_method.answers.step;
  const std::int64_t answers = faded(of_method.answers.good, steps);
  const std::int64_t asked = answers + faded(of_method.answers.bad, steps);
  const Hour asked_today = sum_at(of_method.day, now.ms / kHourMs);
  const std::int64_t usual_ppm =
      updated(kUnseenAnswersPpm, kBorrowedPayments, asked_today.answered, asked_today.all);
  const std::int64_t answers_ppm = updated(usual_ppm, kUsualPayments * kOne, answers, asked);

  Estimate made;
  made.rate_ppm = static_cast<std::int32_t>(approvals_ppm * answers_ppm / kAll);
  made.technical_ppm = static_cast<std::int32_t>(answers_ppm);
  made.technical_payments = static_cast<std::int32_t>(asked / kOne);
  const Hour today = sum_at(of_segment.day, now.ms / kHourMs);
  made.payments = today.all;
  made.day_ppm = today.all == 0 ? made.rate_ppm
                                : static_cast<std::int32_t>(std::int64_t{today.approved} * kAll / today.all);

  const std::uint64_t bits = mix(std::uint64_t{draw} << 32 ^ mix(static_cast<std::uint64_t>(account_key)));
  const std::int64_t deviation = square_root(variance_at(level, now));
  const std::int64_t off_ppm = deviation * normal(bits) / kAll * kBoldness / 100;
  made.drawn_ppm = static_cast<std::int32_t>((approvals_ppm + off_ppm) * answers_ppm / kAll);

  const std::uint64_t dice = mix(bits);
  const bool is_down = answers_ppm < kDownPpm;
  const bool is_recovering = is_down && answers > 0 && answers * 2 >= asked && asked < 8 * std::int64_t{kOne};
  const bool is_silent = is_down && asked < kOne / 2;
  if ((is_silent && dice % kProbes == 0) || (is_recovering && dice % kProbesAfterAnswers == 0))
    made.drawn_ppm = 2 * kAll + static_cast<std::int32_t>(dice >> 40 & 0xffff);  // before every other draw
  return made;
}

}  // namespace payweir::routing
