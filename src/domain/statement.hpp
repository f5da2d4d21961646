#pragma once
// A gateway's statement of a day, line by line, in one form whatever the gateway's file looks like. Files are
// read in pieces and lines handed on one at a time, so that a file of any size needs the same memory.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/money.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace payweir {

// other: a line of which the gateway's word does not say that money moved one way, such as WeChat Pay's
// REVOKED.
enum class StatementKind : std::uint8_t { payment, refund, fee, payout, adjustment, other };

[[nodiscard]] std::string_view statement_kind_name(StatementKind kind);

struct StatementLine {
  StatementKind kind = StatementKind::other;
  std::string connector_payment_id;  // the gateway's
  std::string payment_reference;     // ours: the merchant's order number
  std::string connector_refund_id;   // the gateway's, where it has one
  std::string refund_reference;      // ours
  Instant booked_at;
  Money gross;    // what was asked for; negative: a refund
  Money settled;  // what of it is the merchant's, before the fee: gross without the gateway's own discounts
  // As the gateway signs it: positive is taken from the merchant. Some count finer than the minor unit: `fee`
  // is rounded, half away from zero, for people; `fee_hundred_thousandths` of the major unit is exact, and
  // sums are made of it.
  Money fee;
  std::int64_t fee_hundred_thousandths = 0;
  std::string status;  // the gateway's word
  std::string subject;
  std::uint64_t row = 0;  // of the file, from 1, where the line begins
};

// What the file says of itself at its end, signed as its lines are. A reader has held it against the lines.
struct StatementSummary {
  std::string account;  // the gateway's number for the merchant, where the file has it
  std::optional<std::int64_t> line_count, payment_count, refund_count;
  std::optional<Money> payment_gross, payment_settled, refund_gross, refund_settled;
  std::optional<std::int64_t> fee_hundred_thousandths;
  // Counted, not stated.
  std::uint64_t lines_read = 0;
  std::uint64_t bytes_unpacked = 0;
};

struct StatementLimits {
  std::size_t row_size_max = std::size_t{64} * 1024;
  // Line ends inside a row's texts are legal. Each makes the row be split again, so there must be an end to
  // them.
  int lines_per_row_max = 64;
  std::uint64_t row_count_max = 100'000'000;
  std::uint64_t bytes_unpacked_max = std::uint64_t{16} << 30;
};

// Takes a line, which is good until it returns. An error ends the reading, and is what feed() returns.
using StatementSink = std::function<Result<void>(const StatementLine&)>;

// Pure. Errors: statement_malformed, statement_truncated, statement_mismatch, statement_too_large; the detail
// names the row and the column. After an error each call returns it again.
//
// Lines are to be believed only when finish() has returned a summary: until then a file may turn out to be
// cut off, or not to add up.
class StatementReader {
 public:
  virtual ~StatementReader() = default;
  [[nodiscard]] virtual Result<void> feed(std::string_view bytes) = 0;
  // Once, behind the last byte.
  [[nodiscard]] virtual Result<StatementSummary> finish() = 0;
};

// The same for the same movement of money, whichever file, row or order it comes in: kind, the gateway's ids,
// our reference of the refund, gross amount. What the gateway states twice is stated under one key.
[[nodiscard]] std::string line_key(const StatementLine& line);

}  // namespace payweir
