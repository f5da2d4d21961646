#pragma once
// Success rates: what share of an account's payments is approved, as a basis for choosing among accounts.
// Kept for each account by payment method, card network and currency, over the last 24 hours and, with older
// payments counting ever less, of late. A segment that has seen little borrows from those above it: the
// account's payments of that method, then all of the account's.
//
// Whether an account answers at all is kept apart from whether it approves: a gateway is down for all its
// segments at once, for minutes, while banks differ by segment and drift for days.
//
// Integers only; time and draws are handed in, so that the same observations give the same estimates. Not
// shared by threads.
#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string_view>
#include <unordered_map>

#include "base/money.hpp"
#include "base/time.hpp"
#include "domain/payment_method.hpp"

namespace payweir::routing {

// A share of all, in millionths.
inline constexpr std::int32_t kAll = 1'000'000;

// What is expected of an account for payments like this one.
struct Estimate {
  std::int32_t rate_ppm = kAll;         // share of its payments that were approved, recent ones counting most
  std::int32_t day_ppm = kAll;          // the same, of the last 24 h alike
  std::int32_t drawn_ppm = kAll;        // rate_ppm with what exploring adds or takes away for this draw
  std::int32_t technical_ppm = kAll;    // share that was answered at all, of late
  std::int32_t technical_payments = 0;  // that technical_ppm rests on; fades within minutes
  std::int64_t payments = 0;            // of this segment, in the last 24 h
};

// Payments that are alike. `network` is that of a card, see network_number().
struct Segment {
  PaymentMethod method = PaymentMethod::none;
  std::uint8_t network = 0;
  Currency currency;
  friend bool operator==(const Segment&, const Segment&) = default;
};
// Of a network by its canonical name ("visa"); 0 for none and for what is not known. Stored, never reused.
[[nodiscard]] std::uint8_t network_number(std::string_view canonical_name);

enum class Observation : std::uint8_t {
  approved,
  declined,           // the gateway or a bank said no
  technical_failure,  // no answer, or one that says nothing about the payment
};

// So many of each, seen together.
struct Counts {
  std::uint32_t approved = 0, declined = 0, technical_failures = 0;
};

class SuccessRates {
 public:
  // Accounts and segments of accounts together, 0.5 kB each; those that were not fed for longest, to the
  // second, make room.
  static constexpr std::size_t kCellsMax = 16'384;
  explicit SuccessRates(std::size_t cells_max = kCellsMax);
  SuccessRates(const SuccessRates&) = delete;
  SuccessRates& operator=(const SuccessRates&) = delete;

  // A `now` before that of earlier observations counts as the latest of these.
  void observe(std::int64_t account_key, Segment segment, Observation observation, Instant now);
  // What was seen around `now` in another life of the process; earlier ones first.
  void observe(std::int64_t account_key, Segment segment, const Counts& counts, Instant now);
  // `draw`: spread evenly over its range, the same for all accounts of one decision.
  [[nodiscard]] Estimate estimate(std::int64_t account_key, Segment segment, std::uint32_t draw,
                                  Instant now) const;

  [[nodiscard]] std::size_t size() const { return cells_.size(); }

 private:
  struct Key {
    std::int64_t account = 0;
    std::uint32_t segment = 0;  // 0: all of the account's payments
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };
  // A share that wanders: what it is believed to be, and the variance of that.
  struct Level {
    std::int64_t fine_ppm = 0;  // in kFine-ths of a millionth, so that small corrections are not lost
    std::int64_t variance = 0;  // in millionths, squared; 0: nothing was seen
    Instant at;                 // of the last payment
  };
  // Payments of late: each that is added takes a share from the older ones, and so does time. One payment is
  // kOne. `step` numbers the span of time of the last change.
  struct Fading {
    std::uint32_t good = 0, bad = 0;
    std::int64_t step = 0;
  };
  struct Hour {
    std::uint32_t approved = 0, answered = 0, all = 0;
  };
  // The running hour and the 24 before it; `sum` is of them all.
  struct Day {
    static constexpr std::size_t kHours = 25;
    std::array<Hour, kHours> hours{};
    std::int64_t hour = 0;  // the running one, since 1970
    Hour sum;
  };
  struct Cell {
    Level approvals;  // of those that were answered
    Fading answers;
    Day day;
    std::list<Key>::iterator place;
    Instant placed_at;
  };

  Cell& touch(Key key, Instant now);
  [[nodiscard]] const Cell& find(Key key) const;
  [[nodiscard]] std::int32_t borrowed_ppm(std::int64_t account_key, Segment segment, Instant now) const;
  static void correct(Level& level, std::uint32_t good, std::uint32_t bad, std::int32_t start_ppm,
                      Instant now);
  [[nodiscard]] static bool is_known(const Level& level, Instant now);
  [[nodiscard]] static std::int64_t variance_at(const Level& level, Instant now);
  static void feed(Fading& fading, std::uint32_t good, std::uint32_t bad, Instant now);
  static void add(Day& day, const Counts& counts, Instant now);
  [[nodiscard]] static Hour& hour_of(Day& day, std::int64_t hour);
  [[nodiscard]] static Hour sum_at(const Day& day, std::int64_t hour);

  std::size_t cells_max_;
  std::list<Key> order_;  // most recently fed first
  std::unordered_map<Key, Cell, Hash> cells_;
};

}  // namespace payweir::routing
