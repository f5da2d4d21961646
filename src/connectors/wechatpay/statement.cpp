#include "connectors/wechatpay/statement.hpp"

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "connectors/wire/charset.hpp"
#include "connectors/wire/china_time.hpp"
#include "connectors/wire/decimal_amount.hpp"
#include "connectors/wire/inflate_stream.hpp"
#include "connectors/wire/line_splitter.hpp"
#include "connectors/wire/table.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

// The layout: a header row, a row an order or refund with a backtick before each cell, a header of sums and
// one row of them.
namespace payweir::wechatpay {
namespace {

using wire::row_error;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr char kGzipMagic = '\x1f';
constexpr char kCellMark = '`';
constexpr std::string_view kSeparator = ",`";  // so a comma in a text parts nothing

enum Column : std::uint8_t {
  kTime,
  kPaymentId,
  kOrderNumber,
  kState,
  kCurrency,
  kSettled,
  kRefundId,
  kRefundNumber,
  kRefundSettled,
  kRefundState,
  kSubject,
  kFee,
  kOrderAmount,
  kRefundAmount,
  kColumnCount,
};
constexpr std::array<std::string_view, kColumnCount> kColumns = {
    "交易时间",     "微信订单号", "商户订单号", "交易状态", "货币种类", "应结订单金额", "微信退款单号",
    "商户退款单号", "退款金额",   "退款状态",   "商品名称", "手续费",   "订单金额",     "申请退款金额",
};

enum Sum : std::uint8_t { kCount, kSettledSum, kRefundSettledSum, kFeeSum, kOrderSum, kRefundSum, kSumCount };
constexpr std::array<std::string_view, kSumCount> kSums = {
    "总交易单数", "应结订单总金额", "退款总金额", "手续费总金额", "订单总金额", "申请退款总金额",
};
constexpr std::array<int, kSumCount> kSumDecimals = {0, 2, 2, 5, 2, 2};

// A refund's number where there is no refund.
constexpr std::string_view kNone = "0";

class Reader final : public StatementReader {
 public:
  Reader(StatementSink sink, std::string announced_sha1, const StatementLimits& limits)
      : sink_(std::move(sink)),
        announced_sha1_(std::move(announced_sha1)),
        limits_(limits),
        inflate_(wire::InflateStream::Wrapper::gzip, limits.bytes_unpacked_max),
        lines_(limits.row_size_max,
               [this](std::string_view line, std::uint64_t row) { return take_line(line, row); }) {}

  Result<void> feed(std::string_view bytes) override;
  Result<StatementSummary> finish() override;

 private:
  enum class Container : std::uint8_t { unknown, gzip, text };
  enum class Place : std::uint8_t { header, table, sums, end };

  Result<void> feed_container(std::string_view bytes);
  Result<StatementSummary> finish_file();
  Result<void> take_text(std::string_view bytes);
  Result<void> take_line(std::string_view line, std::uint64_t row);
  Result<void> take_header(std::string_view line, std::uint64_t row);
  Result<void> take_row(std::string_view line, std::uint64_t row);
  // Whether the row is whole; if not, it goes on in the next line.
  Result<bool> split_row(std::string_view text, std::uint64_t row);
  Result<void> take_sums(std::string_view line, std::uint64_t row);
  Result<void> convert(std::uint64_t row);
  Result<void> read_texts(std::uint64_t row);
  Result<void> read_amounts(std::uint64_t row);
  Result<std::int64_t> amount(Column column, int decimals, wire::Sign sign, std::uint64_t row) const;
  Result<void> decoded(Column column, std::uint64_t row, std::string& into) const;
  Result<void> check_hash();
  [[nodiscard]] std::string_view cell(Column column) const { return columns_->cell(cells_, column); }

  StatementSink sink_;
  std::string announced_sha1_;
  StatementLimits limits_;
  wire::InflateStream inflate_;
  wire::LineSplitter lines_;
  crypto::Sha1 sha1_;
  std::optional<wire::CharsetDecoder> decoder_;
  std::optional<Error> error_;
  Container container_ = Container::unknown;
  std::uint64_t text_size_ = 0;

  Place place_ = Place::header;
  std::optional<wire::Columns> columns_, sum_columns_;
  std::vector<std::string_view> cells_;
  std::string begun_;  // of a row with a line end inside a cell
  std::uint64_t begun_row_ = 0;
  int begun_lines_ = 0;
  std::uint64_t rows_ = 0;

  StatementLine line_;
  Currency currency_ = Currency::parse("CNY").value();
  std::array<std::int64_t, kSumCount> read_{};
  std::array<std::int64_t, kSumCount> stated_{};
};

Result<void> Reader::feed(std::string_view bytes) {
  if (error_) return std::unexpected(*error_);
  auto fed = feed_container(bytes);
  if (!fed) error_ = fed.error();
  return fed;
}

Result<StatementSummary> Reader::finish() {
  if (error_) return std::unexpected(*error_);
  auto summary = finish_file();
  if (!summary) error_ = summary.error();
  return summary;
}

Result<void> Reader::feed_container(std::string_view bytes) {
  if (bytes.empty()) return {};
  if (container_ == Container::unknown) {
    container_ = bytes[0] == kGzipMagic ? Container::gzip : Container::text;
    auto decoder = wire::CharsetDecoder::open(wire::Charset::utf8);
    if (!decoder) return std::unexpected(std::move(decoder.error()));
    decoder_ = std::move(*decoder);
  }
  if (container_ == Container::text) {
    const std::uint64_t room = limits_.bytes_unpacked_max - text_size_;
    if (bytes.size() <= room) return take_text(bytes);
    if (auto taken = take_text(bytes.substr(0, static_cast<std::size_t>(room))); !taken) return taken;
    return fail(Code::statement_too_large, "",
                "it has more than " + std::to_string(limits_.bytes_unpacked_max) + " bytes");
  }
  while (!bytes.empty()) {
    if (inflate_.ended())
      return fail(Code::statement_malformed, "", "there is more behind the end of the gzip file");
    const auto taken = inflate_.feed(bytes, [this](std::string_view text) { return take_text(text); });
    if (!taken) return std::unexpected(taken.error());
    bytes.remove_prefix(*taken);
  }
  return {};
}

// ── lines ─────────────────────────────────────────────────────────────────────────────────────────

Result<void> Reader::take_text(std::string_view bytes) {
  text_size_ += bytes.size();
  if (!announced_sha1_.empty()) sha1_.update(bytes);
  return lines_.feed(bytes);
}

Result<void> Reader::take_line(std::string_view line, std::uint64_t row) {
  switch (place_) {
    case Place::header: return take_header(line, row);
    case Place::table: return take_row(line, row);
    case Place::sums: return take_sums(line, row);
    case Place::end: break;
  }
  if (line.empty()) return {};
  return row_error(Code::statement_malformed, row, "", "a row behind the sums");
}

Result<void> Reader::take_header(std::string_view line, std::uint64_t row) {
  if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  wire::split_cells(line, ",", cells_);
  auto columns = wire::Columns::find(cells_, kColumns, row);
  if (!columns) return std::unexpected(std::move(columns.error()));
  columns_ = std::move(*columns);
  place_ = Place::table;
  return {};
}

Result<void> Reader::take_row(std::string_view line, std::uint64_t row) {
  if (begun_.empty()) {
    if (line.starts_with(kSums[kCount])) {
      wire::split_cells(line, ",", cells_);
      auto columns = wire::Columns::find(cells_, kSums, row);
      if (!columns) return std::unexpected(std::move(columns.error()));
      sum_columns_ = std::move(*columns);
      place_ = Place::sums;
      return {};
    }
    if (!line.starts_with(kCellMark))
      return row_error(Code::statement_malformed, row, "", "not a row of the table");
    const auto whole = split_row(line, row);
    if (!whole) return std::unexpected(whole.error());
    if (*whole) return convert(row);
    begun_ = line;
    begun_row_ = row;
    begun_lines_ = 1;
    return {};
  }
  begun_.append("\n").append(line);
  if (begun_.size() > limits_.row_size_max || ++begun_lines_ > limits_.lines_per_row_max)
    return row_error(Code::statement_too_large, begun_row_, "",
                     "a text that does not end, or too few columns");
  const auto whole = split_row(begun_, begun_row_);
  if (!whole) return std::unexpected(whole.error());
  if (!*whole) return {};
  auto converted = convert(begun_row_);
  begun_.clear();
  return converted;
}

// A text may hold a line's end: a row with too few cells goes on in the next line. Should that be the next
// row, it has too many.
Result<bool> Reader::split_row(std::string_view text, std::uint64_t row) {
  wire::split_cells(text.substr(1), kSeparator, cells_);
  if (cells_.size() == columns_->count()) return true;
  if (cells_.size() < columns_->count()) return false;
  return row_error(Code::statement_malformed, row, "",
                   "it has " + std::to_string(cells_.size()) + " columns, and the header " +
                       std::to_string(columns_->count()));
}

Result<void> Reader::take_sums(std::string_view line, std::uint64_t row) {
  if (!line.starts_with(kCellMark))
    return row_error(Code::statement_malformed, row, "", "not the row of the sums");
  wire::split_cells(line.substr(1), kSeparator, cells_);
  if (cells_.size() != sum_columns_->count())
    return row_error(Code::statement_malformed, row, "",
                     "the sums have another number of columns than their header");
  for (std::size_t i = 0; i < kSumCount; ++i) {
    const auto read =
        wire::parse_decimal(sum_columns_->cell(cells_, i), kSumDecimals[i], wire::Sign::allowed);
    if (!read) return row_error(Code::statement_malformed, row, kSums[i], read.error().detail);
    stated_[i] = *read;
  }
  place_ = Place::end;
  return {};
}

// ── rows ──────────────────────────────────────────────────────────────────────────────────────────

Result<void> Reader::convert(std::uint64_t row) {
  if (++rows_ > limits_.row_count_max)
    return row_error(Code::statement_too_large, row, "",
                     "more than " + std::to_string(limits_.row_count_max) + " rows");
  line_.row = row;
  const auto time = wire::parse_china_time(cell(kTime));
  if (!time) return row_error(Code::statement_malformed, row, kColumns[kTime], "not a time");
  line_.booked_at = *time;
  const std::string_view state = cell(kState);
  line_.kind = state == "SUCCESS"  ? StatementKind::payment
               : state == "REFUND" ? StatementKind::refund
                                   : StatementKind::other;
  if (auto read = read_texts(row); !read) return read;
  if (auto read = read_amounts(row); !read) return read;
  return sink_(line_);
}

Result<void> Reader::read_texts(std::uint64_t row) {
  struct Text {
    Column column;
    std::string* into;
  };
  const Column state = line_.kind == StatementKind::refund ? kRefundState : kState;
  for (const Text& text :
       {Text{kPaymentId, &line_.connector_payment_id}, Text{kOrderNumber, &line_.payment_reference},
        Text{kRefundId, &line_.connector_refund_id}, Text{kRefundNumber, &line_.refund_reference},
        Text{state, &line_.status}, Text{kSubject, &line_.subject}})
    if (auto read = decoded(text.column, row, *text.into); !read) return read;
  if (line_.connector_payment_id.empty())
    return row_error(Code::statement_malformed, row, kColumns[kPaymentId], "empty");
  for (std::string* number : {&line_.connector_refund_id, &line_.refund_reference})
    if (*number == kNone) number->clear();
  if (line_.kind == StatementKind::refund && line_.connector_refund_id.empty())
    return row_error(Code::statement_malformed, row, kColumns[kRefundId], "empty");
  if (cell(kCurrency) != currency_.code())
    return row_error(Code::statement_malformed, row, kColumns[kCurrency], "not CNY");
  return {};
}

Result<std::int64_t> Reader::amount(Column column, int decimals, wire::Sign sign, std::uint64_t row) const {
  const auto read = wire::parse_decimal(cell(column), decimals, sign);
  if (!read) return row_error(Code::statement_malformed, row, kColumns[column], read.error().detail);
  return *read;
}

// A refund stands in columns of its own, without a sign. A row is about one of the two, or its word is
// neither SUCCESS nor REFUND.
Result<void> Reader::read_amounts(std::uint64_t row) {
  struct Read {
    Column column;
    Sum sum;
    std::int64_t fen;
  };
  std::array<Read, 4> amounts = {Read{kOrderAmount, kOrderSum, 0}, Read{kSettled, kSettledSum, 0},
                                 Read{kRefundAmount, kRefundSum, 0},
                                 Read{kRefundSettled, kRefundSettledSum, 0}};
  const auto add = [&](Sum sum, Column column, std::int64_t number) -> Result<void> {
    if (__builtin_add_overflow(read_[sum], number, &read_[sum]))
      return row_error(Code::statement_malformed, row, kColumns[column], "the sum is beyond 64 bits");
    return {};
  };
  for (Read& read : amounts) {
    const auto fen = amount(read.column, 2, wire::Sign::refused, row);
    if (!fen) return std::unexpected(fen.error());
    read.fen = *fen;
    if (auto added = add(read.sum, read.column, *fen); !added) return added;
  }
  const auto fee = amount(kFee, 5, wire::Sign::allowed, row);
  if (!fee) return std::unexpected(fee.error());
  if (auto added = add(kFeeSum, kFee, *fee); !added) return added;
  ++read_[kCount];

  const auto& [order, settled, refund, refund_settled] = amounts;
  for (const Read* stray : {&order, &settled})
    if (line_.kind == StatementKind::refund && stray->fen != 0)
      return row_error(Code::statement_malformed, row, kColumns[stray->column],
                       "a refund with an order's amount");
  for (const Read* stray : {&refund, &refund_settled})
    if (line_.kind == StatementKind::payment && stray->fen != 0)
      return row_error(Code::statement_malformed, row, kColumns[stray->column],
                       "a payment with a refund's amount");
  // None of the four is negative, so neither difference overflows.
  line_.gross = {order.fen - refund.fen, currency_};
  line_.settled = {settled.fen - refund_settled.fen, currency_};
  line_.fee = {wire::fen_from_hundred_thousandths(*fee), currency_};
  line_.fee_hundred_thousandths = *fee;
  return {};
}

Result<void> Reader::decoded(Column column, std::uint64_t row, std::string& into) const {
  if (decoder_->decode(cell(column), into)) return {};
  return row_error(Code::statement_malformed, row, kColumns[column], "not in the file's encoding");
}

// ── the end ───────────────────────────────────────────────────────────────────────────────────────

Result<void> Reader::check_hash() {
  if (announced_sha1_.empty()) return {};
  const auto announced = crypto::from_hex(announced_sha1_);
  if (!announced || sha1_.finish() != *announced)
    return fail(Code::statement_mismatch, "", "the file's SHA-1 is not the one that was announced");
  return {};
}

Result<StatementSummary> Reader::finish_file() {
  if (container_ == Container::unknown) return fail(Code::statement_truncated, "", "the file is empty");
  if (container_ == Container::gzip && !inflate_.ended())
    return fail(Code::statement_truncated, "", "the gzip file is cut off");
  if (auto ended = lines_.finish(); !ended) return std::unexpected(std::move(ended.error()));
  if (!begun_.empty())
    return row_error(Code::statement_truncated, begun_row_, "", "it has too few columns, and the file ends");
  if (place_ != Place::end)
    return fail(Code::statement_truncated, "",
                "the file ends behind row " + std::to_string(lines_.lines()) + ", without sums");
  if (auto same = check_hash(); !same) return std::unexpected(std::move(same.error()));
  for (std::size_t i = 0; i < kSumCount; ++i)
    if (read_[i] != stated_[i])
      return fail(Code::statement_mismatch, std::string(kSums[i]),
                  std::string(kSums[i]) + ": the file states another one than its rows come to");
  StatementSummary summary;
  summary.line_count = stated_[kCount];
  summary.payment_gross = Money{stated_[kOrderSum], currency_};
  summary.payment_settled = Money{stated_[kSettledSum], currency_};
  summary.refund_gross = Money{-stated_[kRefundSum], currency_};
  summary.refund_settled = Money{-stated_[kRefundSettledSum], currency_};
  summary.fee_hundred_thousandths = stated_[kFeeSum];
  summary.lines_read = rows_;
  summary.bytes_unpacked = text_size_;
  return summary;
}

}  // namespace

std::unique_ptr<StatementReader> make_statement_reader(StatementSink sink, std::string announced_sha1,
                                                       const StatementLimits& limits) {
  return std::make_unique<Reader>(std::move(sink), std::move(announced_sha1), limits);
}

}  // namespace payweir::wechatpay
