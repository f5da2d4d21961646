#include "domain/routing/estimates.hpp"

#include <algorithm>
#include <bit>

namespace payweir::routing {
namespace {

// What one payment counts in a Fading.
constexpr std::uint32_t kOne = 1u << 20;
constexpr std::int64_t kHourMs = hours(1).ms;

// A Fading's memory: of `1 << shift` payments, halved as time goes by in 64 steps.
struct Memory {
  int shift;
  std::int64_t step_ms;
};
constexpr int kStepsOfHalf = 64;
struct Tuning {
  Memory approvals{9, hours(1).ms / kStepsOfHalf};
  Memory answers{6, minutes(3).ms / kStepsOfHalf};
  std::int64_t borrow = 20;
  std::int64_t prior_min = 4, prior_max = 30;
  std::int64_t answer_prior = 4;
  std::int64_t boldness = 50;
  std::uint32_t probe = 64;
  std::int64_t stale = 512;
  std::int32_t root = 900'000, answer_root = 990'000, answer_floor = 500'000;
};
constexpr Tuning tuning;

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

std::uint32_t faded(std::uint32_t weight, std::int64_t steps) {
  if (steps <= 0) return weight;
  if (steps >= 32 * kStepsOfHalf) return 0;
  const std::uint64_t product = std::uint64_t{weight} * kFade[static_cast<std::size_t>(steps % kStepsOfHalf)];
  return static_cast<std::uint32_t>(product >> (16 + steps / kStepsOfHalf));
}

// What a payment weighs in a belief: coarser than in a Fading, so that a day's payments times a million fit.
constexpr std::int64_t kUnit = 1 << 10;

struct Weights {
  std::int64_t good = 0, all = 0;
};

struct Belief {
  std::int64_t ppm = 0;
  std::int64_t weight = 0;
};

// What is believed when `seen` meets what was believed before.
Belief update(Belief before, Weights seen) {
  const std::int64_t weight = before.weight + seen.all;
  if (weight == 0) return before;
  const std::int64_t good = before.ppm * before.weight + seen.good * kAll;
  return {good / weight, weight};
}

std::int64_t square_root(std::int64_t value) {
  if (value <= 0) return 0;
  std::int64_t root = std::int64_t{1} << ((std::bit_width(static_cast<std::uint64_t>(value)) + 1) / 2);
  for (std::int64_t next = (root + value / root) / 2; next < root; next = (root + value / root) / 2)
    root = next;
  return root;
}

// Of a belief's distribution, which is taken for a normal one.
std::int64_t deviation(Belief belief) {
  const std::int64_t p = std::clamp<std::int64_t>(belief.ppm, 20'000, kAll - 20'000);
  return square_root(p * (kAll - p) * kUnit / std::max(belief.weight, kUnit));
}

std::uint64_t mix(std::uint64_t bits) {  // splitmix64
  bits += 0x9e3779b97f4a7c15;
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  return bits ^ (bits >> 31);
}

// A standard normal draw in millionths, from -3.5 to 3.5: the sum of four even ones.
std::int64_t normal(std::uint64_t bits) {
  std::int64_t sum = 0;
  for (int part = 0; part < 4; ++part)
    sum += static_cast<std::int64_t>(bits >> (16 * part) & 0xffff);
  return (sum - 2 * 0xffff) * 26'429 / 1'000;  // of 37 837, the sum's standard deviation
}

std::int64_t drawn(Belief belief, std::uint64_t bits) {
  return belief.ppm + deviation(belief) * normal(bits) / kAll * tuning.boldness / 100;
}

}  // namespace

std::uint8_t network_number(std::string_view canonical_name) {
  const auto found = std::ranges::find(kNetworks, canonical_name);
  return found == std::end(kNetworks) ? std::uint8_t{0}
                                      : static_cast<std::uint8_t>(found - std::begin(kNetworks));
}

SuccessRates::SuccessRates(std::size_t cells_max) : cells_max_(std::max<std::size_t>(cells_max, 3)) {}

std::size_t SuccessRates::Hash::operator()(const Key& key) const {
  return mix(static_cast<std::uint64_t>(key.account) ^ std::uint64_t{key.segment} << 32);
}

namespace {

constexpr std::uint32_t kOfMethod = 1u << 30, kOfSegment = 1u << 31;

std::uint32_t method_part(Segment segment) {
  return kOfMethod | static_cast<std::uint32_t>(segment.method);
}
std::uint32_t segment_part(Segment segment) {
  return kOfSegment | static_cast<std::uint32_t>(segment.method) << 18 |
         std::uint32_t{segment.network} << 10 | static_cast<std::uint32_t>(segment.currency.numeric());
}

}  // namespace

SuccessRates::Cell& SuccessRates::touch(Key key) {
  const auto known = cells_.find(key);
  if (known != cells_.end()) {
    order_.splice(order_.begin(), order_, known->second.place);
    return known->second;
  }
  if (cells_.size() >= cells_max_) {
    cells_.erase(order_.back());
    order_.pop_back();
  }
  order_.push_front(key);
  Cell& cell = cells_[key];
  cell.place = order_.begin();
  return cell;
}

const SuccessRates::Cell& SuccessRates::find(Key key) const {
  static const Cell kEmpty;
  const auto known = cells_.find(key);
  return known == cells_.end() ? kEmpty : known->second;
}

void SuccessRates::turn(Day& day, std::int64_t hour) {
  if (hour <= day.hour) return;
  const std::int64_t turned = std::min<std::int64_t>(hour - day.hour, Day::kHours);
  for (std::int64_t i = 0; i < turned; ++i) {
    Hour& old = day.hours[static_cast<std::size_t>((hour - i) % std::int64_t{Day::kHours})];
    day.sum.approved -= old.approved;
    day.sum.answered -= old.answered;
    day.sum.all -= old.all;
    old = {};
  }
  day.hour = hour;
}

void SuccessRates::add(Cell& cell, const Counts& counts, Instant now) {
  const auto feed = [now](Fading& fading, Memory memory, std::uint32_t good, std::uint32_t bad) {
    const std::int64_t step = std::max<std::int64_t>(now.ms / memory.step_ms, fading.step);
    fading.good = faded(fading.good, step - fading.step);
    fading.bad = faded(fading.bad, step - fading.step);
    fading.step = step;
    // Of what is more than memory holds, a sample in proportion, one in turn with the other.
    const std::uint64_t all = std::uint64_t{good} + bad;
    const std::uint64_t sample = std::min<std::uint64_t>(all, std::uint64_t{4} << memory.shift);
    for (std::uint64_t i = 0; i < sample; ++i) {
      fading.good -= fading.good >> memory.shift;
      fading.bad -= fading.bad >> memory.shift;
      const bool is_good = (i + 1) * good / all != i * good / all || bad == 0;
      (is_good ? fading.good : fading.bad) += kOne;
    }
  };
  const std::uint32_t answered = counts.approved + counts.declined;
  feed(cell.approvals, tuning.approvals, counts.approved, counts.declined);
  feed(cell.answers, tuning.answers, answered, counts.technical_failures);
  turn(cell.day, now.ms / kHourMs);
  Hour& hour = cell.day.hours[static_cast<std::size_t>(cell.day.hour % std::int64_t{Day::kHours})];
  for (Hour* each : {&hour, &cell.day.sum}) {
    each->approved += counts.approved;
    each->answered += answered;
    each->all += answered + counts.technical_failures;
  }
}

SuccessRates::Hour SuccessRates::sum_at(const Day& day, std::int64_t hour) {
  if (hour <= day.hour) return day.sum;
  if (hour - day.hour >= std::int64_t{Day::kHours}) return {};
  Day turned = day;
  turn(turned, hour);
  return turned.sum;
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
  for (const std::uint32_t part : {segment_part(segment), method_part(segment), 0u})
    add(touch({account_key, part}), counts, now);
}

Estimate SuccessRates::estimate(std::int64_t account_key, Segment segment, std::uint32_t draw,
                                Instant now) const {
  const Cell& of_account = find({account_key, 0});
  const Cell& of_method = find({account_key, method_part(segment)});
  const Cell& of_segment = find({account_key, segment_part(segment)});
  const std::int64_t hour = now.ms / kHourMs;
  const auto weights_of = [now](const Fading& fading, Memory memory) {
    const std::int64_t steps = now.ms / memory.step_ms - fading.step;
    constexpr std::uint32_t kScale = kOne / static_cast<std::uint32_t>(kUnit);
    const std::int64_t good = faded(fading.good, steps) / kScale;
    return Weights{good, good + faded(fading.bad, steps) / kScale};
  };

  // From the account's payments down to the segment's, each level with a little weight in the next.
  Belief approval{tuning.root, 0}, answer{tuning.answer_root, 0};
  Hour day;
  for (const Cell* cell : {&of_account, &of_method, &of_segment}) {
    day = sum_at(cell->day, hour);
    approval.weight = tuning.borrow * kUnit;
    approval = update(approval, {std::int64_t{day.approved} * kUnit, std::int64_t{day.answered} * kUnit});
    if (cell == &of_segment) continue;  // a gateway is down for a method, not for a currency
    answer.weight = tuning.borrow * kUnit;
    answer = update(answer, {std::int64_t{day.answered} * kUnit, std::int64_t{day.all} * kUnit});
  }
  Estimate made;
  made.payments = day.all;
  made.day_ppm = static_cast<std::int32_t>(day.all == 0 ? approval.ppm * answer.ppm / kAll
                                                        : std::int64_t{day.approved} * kAll / day.all);

  const Weights approvals = weights_of(of_segment.approvals, tuning.approvals);
  const Weights answers = weights_of(of_method.answers, tuning.answers);
  approval.weight = std::min<std::int64_t>(tuning.prior_min + day.answered, tuning.prior_max) * kUnit;
  approval = update(approval, approvals);
  answer = {std::max<std::int64_t>(answer.ppm, tuning.answer_floor), tuning.answer_prior * kUnit};
  answer = update(answer, answers);
  made.technical_ppm = static_cast<std::int32_t>(answer.ppm);
  made.technical_payments = static_cast<std::int32_t>(answers.all / kUnit);
  made.rate_ppm = static_cast<std::int32_t>(approval.ppm * answer.ppm / kAll);

  const std::uint64_t bits = mix(std::uint64_t{draw} << 32 ^ mix(static_cast<std::uint64_t>(account_key)));
  const std::uint64_t more = mix(bits);
  const std::uint64_t last = mix(more);
  made.drawn_ppm = static_cast<std::int32_t>(drawn(approval, bits) * drawn(answer, more) / kAll);
  if (tuning.probe && last % tuning.probe == 0 &&
      (approvals.all < tuning.stale || (answers.all < tuning.stale && answer.ppm < 900'000)))
    made.drawn_ppm = kAll + static_cast<std::int32_t>(last >> 40 & 0xffff);
  return made;
}

}  // namespace payweir::routing
