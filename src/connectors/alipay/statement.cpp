#include "connectors/alipay/statement.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "connectors/wire/charset.hpp"
#include "connectors/wire/china_time.hpp"
#include "connectors/wire/decimal_amount.hpp"
#include "connectors/wire/line_splitter.hpp"
#include "connectors/wire/table.hpp"
#include "connectors/wire/zip_stream.hpp"

// No document gives the layout; it is that of files that merchants have published: lines with "#", between
// two of them the table with its header row, and behind it the sums.
namespace payweir::alipay {
namespace {

using wire::row_error;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kDetail = "业务明细";
constexpr std::string_view kSums = "汇总";

enum Column : std::uint8_t {
  kTradeNumber,
  kOrderNumber,
  kType,
  kSubject,
  kFinishedAt,
  kOrderAmount,
  kReceived,
  kRefundRequest,
  kServiceFee,
  kColumnCount,
};
constexpr std::array<std::string_view, kColumnCount> kColumns = {
    "支付宝交易号",   "商户订单号",     "业务类型",          "商品名称",     "完成时间",
    "订单金额（元）", "商家实收（元）", "退款批次号/请求号", "服务费（元）",
};

constexpr std::string_view kPaymentType = "交易";
constexpr std::string_view kRefundType = "退款";

// Cells that a spreadsheet would take for numbers end in a tab.
std::string_view trimmed(std::string_view cell) {
  while (cell.ends_with('\t'))
    cell.remove_suffix(1);
  return cell;
}

std::optional<std::string_view> between(std::string_view text, std::string_view before,
                                        std::string_view after) {
  const std::size_t start = text.find(before);
  if (start == std::string_view::npos) return std::nullopt;
  text.remove_prefix(start + before.size());
  const std::size_t end = text.find(after);
  if (end == std::string_view::npos) return std::nullopt;
  return text.substr(0, end);
}

// One sum of the footer against what its lines came to.
struct Total {
  std::int64_t count = 0;
  std::int64_t settled = 0;  // fen
};

class Reader final : public StatementReader, private wire::ZipVisitor {
 public:
  Reader(StatementSink sink, const StatementLimits& limits)
      : sink_(std::move(sink)),
        limits_(limits),
        zip_(*this, limits.bytes_unpacked_max),
        lines_(limits.row_size_max,
               [this](std::string_view line, std::uint64_t row) { return take_line(line, row); }) {}

  Result<void> feed(std::string_view bytes) override;
  Result<StatementSummary> finish() override;

 private:
  enum class Container : std::uint8_t { unknown, zip, text };
  enum class Place : std::uint8_t { before_table, in_table, behind_table };

  Result<void> begin_entry(std::string_view name, bool name_is_utf8) override;
  Result<void> entry_bytes(std::string_view bytes) override;
  Result<void> end_entry() override;

  Result<void> feed_container(std::string_view bytes);
  Result<StatementSummary> finish_file();
  Result<void> take_text(std::string_view bytes);
  Result<void> take_line(std::string_view line, std::uint64_t row);
  Result<void> open_text(std::string_view& line, std::uint64_t row);
  Result<void> take_mark(std::string_view line, std::uint64_t row);
  Result<void> take_header(std::string_view line, std::uint64_t row);
  Result<void> take_total(std::string_view text, std::uint64_t row, std::string_view label,
                          std::string_view received, std::optional<Total>& stated);
  Result<void> take_row(std::string_view line, std::uint64_t row);
  // Whether the row is whole; if not, it goes on in the next line.
  Result<bool> split_row(std::string_view text, std::uint64_t row);
  Result<void> convert(std::uint64_t row);
  Result<void> read_kind(std::uint64_t row);
  Result<void> read_amounts(std::uint64_t row);
  Result<std::int64_t> amount(Column column, int decimals, std::uint64_t row) const;
  Result<void> add_up(std::uint64_t row);
  Result<void> compare(std::string_view label, const std::optional<Total>& stated, const Total& read) const;
  [[nodiscard]] std::string_view cell(Column column) const { return trimmed(columns_->cell(cells_, column)); }
  Result<void> decoded(std::string_view text, std::uint64_t row, std::string_view column,
                       std::string& into) const;

  StatementSink sink_;
  StatementLimits limits_;
  wire::ZipStream zip_;
  wire::LineSplitter lines_;
  std::optional<Error> error_;
  Container container_ = Container::unknown;
  std::uint64_t text_size_ = 0;
  bool in_detail_ = false;
  bool has_detail_ = false;

  Place place_ = Place::before_table;
  std::optional<wire::CharsetDecoder> decoder_;
  std::optional<wire::Columns> columns_;
  std::vector<std::string_view> cells_;
  std::string unquoted_, scratch_;
  std::string begun_;  // of a row with a line end inside a quoted cell
  std::uint64_t begun_row_ = 0;
  int begun_lines_ = 0;
  std::uint64_t rows_ = 0;

  StatementLine line_;
  Currency currency_ = Currency::parse("CNY").value();
  std::string account_;
  Total payments_, refunds_;
  std::optional<Total> stated_payments_, stated_refunds_;
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
  if (container_ == Container::unknown) container_ = bytes[0] == 'P' ? Container::zip : Container::text;
  if (container_ == Container::zip) return zip_.feed(bytes);
  has_detail_ = true;
  const std::uint64_t room = limits_.bytes_unpacked_max - text_size_;
  if (bytes.size() <= room) return take_text(bytes);
  if (auto taken = take_text(bytes.substr(0, static_cast<std::size_t>(room))); !taken) return taken;
  return fail(Code::statement_too_large, "",
              "it has more than " + std::to_string(limits_.bytes_unpacked_max) + " bytes");
}

// ── the ZIP's entries ─────────────────────────────────────────────────────────────────────────────

Result<void> Reader::begin_entry(std::string_view name, bool name_is_utf8) {
  auto decoder = wire::CharsetDecoder::open(name_is_utf8 ? wire::Charset::utf8 : wire::Charset::gbk);
  if (!decoder) return std::unexpected(std::move(decoder.error()));
  // A name that cannot be read is not that of the table.
  const bool read = decoder->decode(name, scratch_).has_value();
  in_detail_ =
      read && scratch_.find(kDetail) != std::string::npos && scratch_.find(kSums) == std::string::npos;
  if (in_detail_ && has_detail_)
    return fail(Code::statement_malformed, "", "the ZIP file has two tables of 业务明细");
  has_detail_ = has_detail_ || in_detail_;
  return {};
}

Result<void> Reader::entry_bytes(std::string_view bytes) {
  return in_detail_ ? take_text(bytes) : Result<void>{};
}

Result<void> Reader::end_entry() {
  return in_detail_ ? lines_.finish() : Result<void>{};
}

// ── the text's lines ──────────────────────────────────────────────────────────────────────────────

Result<void> Reader::take_text(std::string_view bytes) {
  text_size_ += bytes.size();
  return lines_.feed(bytes);
}

Result<void> Reader::open_text(std::string_view& line, std::uint64_t row) {
  const bool marked = line.starts_with(kByteOrderMark);
  if (marked) line.remove_prefix(kByteOrderMark.size());
  auto decoder = wire::CharsetDecoder::open(marked ? wire::Charset::utf8 : wire::Charset::gbk);
  if (!decoder) return std::unexpected(std::move(decoder.error()));
  decoder_ = std::move(*decoder);
  // Anything may be fed; only a statement begins like this.
  if (!line.starts_with('#'))
    return row_error(Code::statement_malformed, row, "", "not a statement of Alipay");
  return {};
}

Result<void> Reader::take_line(std::string_view line, std::uint64_t row) {
  if (!decoder_)
    if (auto opened = open_text(line, row); !opened) return opened;
  if (!begun_.empty()) return take_row(line, row);
  if (line.empty()) return {};
  if (line.starts_with('#')) return take_mark(line, row);
  switch (place_) {
    case Place::before_table: return take_header(line, row);
    case Place::in_table: return take_row(line, row);
    case Place::behind_table: break;
  }
  return row_error(Code::statement_malformed, row, "", "a row behind the table's end");
}

Result<void> Reader::take_mark(std::string_view line, std::uint64_t row) {
  if (auto read = decoded(line, row, "", scratch_); !read) return read;
  const std::string_view text = scratch_;
  if (place_ == Place::before_table) {
    if (const auto account = between(text, "#账号：[", "]")) account_ = *account;
    return {};
  }
  if (place_ == Place::in_table) {
    if (text.find("列表结束") == std::string_view::npos)
      return row_error(Code::statement_malformed, row, "", "a line with # inside the table");
    place_ = Place::behind_table;
    return {};
  }
  if (text.starts_with("#交易合计")) return take_total(text, row, "交易合计", "商家实收共", stated_payments_);
  if (text.starts_with("#退款合计"))
    return take_total(text, row, "退款合计", "商家实收退款共", stated_refunds_);
  return {};
}

// "#交易合计：5笔，商家实收共36825.64元，商家优惠共0.00元"
Result<void> Reader::take_total(std::string_view text, std::uint64_t row, std::string_view label,
                                std::string_view received, std::optional<Total>& stated) {
  if (stated) return row_error(Code::statement_malformed, row, label, "there are two such sums");
  const auto count = between(text, "：", "笔");
  const auto sum = between(text, received, "元");
  if (!count || !sum) return row_error(Code::statement_malformed, row, label, "not a sum");
  const auto count_read = wire::parse_decimal(*count, 0, wire::Sign::refused);
  const auto sum_read = wire::fen_from_yuan(*sum, wire::Sign::allowed);
  if (!count_read || !sum_read) return row_error(Code::statement_malformed, row, label, "not a sum");
  stated = Total{*count_read, *sum_read};
  return {};
}

Result<void> Reader::take_header(std::string_view line, std::uint64_t row) {
  std::string header;
  if (auto read = decoded(line, row, "", header); !read) return read;
  wire::split_cells(header, ",", cells_);
  for (std::string_view& name : cells_)
    name = trimmed(name);
  auto columns = wire::Columns::find(cells_, kColumns, row);
  if (!columns) return std::unexpected(std::move(columns.error()));
  columns_ = std::move(*columns);
  place_ = Place::in_table;
  return {};
}

// ── the table's rows ──────────────────────────────────────────────────────────────────────────────

Result<void> Reader::take_row(std::string_view line, std::uint64_t row) {
  if (begun_.empty()) {
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
    return row_error(Code::statement_too_large, begun_row_, "", "a quoted cell that does not end");
  const auto whole = split_row(begun_, begun_row_);
  if (!whole) return std::unexpected(whole.error());
  if (!*whole) return {};
  auto converted = convert(begun_row_);
  begun_.clear();
  return converted;
}

// Alipay has not been seen to quote. So a text may well begin with a quote that nothing closes: what counts
// is that the row has as many cells as the header, read one way or the other.
Result<bool> Reader::split_row(std::string_view text, std::uint64_t row) {
  const bool closed = wire::split_quoted_cells(text, cells_, unquoted_);
  if (closed && cells_.size() == columns_->count()) return true;
  wire::split_cells(text, ",", cells_);
  if (cells_.size() == columns_->count()) return true;
  if (!closed) return false;
  return row_error(Code::statement_malformed, row, "",
                   "it has " + std::to_string(cells_.size()) + " columns, and the header " +
                       std::to_string(columns_->count()));
}

Result<void> Reader::convert(std::uint64_t row) {
  if (++rows_ > limits_.row_count_max)
    return row_error(Code::statement_too_large, row, "",
                     "more than " + std::to_string(limits_.row_count_max) + " rows");
  line_.row = row;
  if (auto read = read_kind(row); !read) return read;
  const auto finished_at = wire::parse_china_time(cell(kFinishedAt));
  if (!finished_at) return row_error(Code::statement_malformed, row, kColumns[kFinishedAt], "not a time");
  line_.booked_at = *finished_at;
  struct Text {
    Column column;
    std::string* into;
  };
  for (const Text& text :
       {Text{kTradeNumber, &line_.connector_payment_id}, Text{kOrderNumber, &line_.payment_reference},
        Text{kRefundRequest, &line_.refund_reference}, Text{kSubject, &line_.subject}})
    if (auto read = decoded(cell(text.column), row, kColumns[text.column], *text.into); !read) return read;
  if (line_.connector_payment_id.empty())
    return row_error(Code::statement_malformed, row, kColumns[kTradeNumber], "empty");
  if (auto read = read_amounts(row); !read) return read;
  if (auto added = add_up(row); !added) return added;
  return sink_(line_);
}

Result<void> Reader::read_kind(std::uint64_t row) {
  if (auto read = decoded(cell(kType), row, kColumns[kType], line_.status); !read) return read;
  line_.kind = line_.status == kPaymentType  ? StatementKind::payment
               : line_.status == kRefundType ? StatementKind::refund
                                             : StatementKind::other;
  return {};
}

Result<std::int64_t> Reader::amount(Column column, int decimals, std::uint64_t row) const {
  const auto read = wire::parse_decimal(cell(column), decimals, wire::Sign::allowed);
  if (!read) return row_error(Code::statement_malformed, row, kColumns[column], read.error().detail);
  return *read;
}

Result<void> Reader::read_amounts(std::uint64_t row) {
  const auto gross = amount(kOrderAmount, 2, row);
  if (!gross) return std::unexpected(gross.error());
  const auto settled = amount(kReceived, 2, row);
  if (!settled) return std::unexpected(settled.error());
  const auto fee = amount(kServiceFee, 5, row);
  if (!fee) return std::unexpected(fee.error());
  const auto fits = [this](std::int64_t fen) {
    return line_.kind == StatementKind::payment ? fen >= 0 : line_.kind != StatementKind::refund || fen <= 0;
  };
  for (const auto& [column, fen] : {std::pair{kOrderAmount, *gross}, std::pair{kReceived, *settled}})
    if (!fits(fen))
      return row_error(Code::statement_malformed, row, kColumns[column],
                       "its sign is not that of such a row");
  line_.gross = {*gross, currency_};
  line_.settled = {*settled, currency_};
  line_.fee = {wire::fen_from_hundred_thousandths(*fee), currency_};
  line_.fee_hundred_thousandths = *fee;
  return {};
}

Result<void> Reader::add_up(std::uint64_t row) {
  if (line_.kind == StatementKind::other) return {};
  const bool is_payment = line_.kind == StatementKind::payment;
  Total& total = is_payment ? payments_ : refunds_;
  ++total.count;
  if (__builtin_add_overflow(total.settled, line_.settled.minor, &total.settled))
    return row_error(Code::statement_malformed, row, kColumns[kReceived], "the sum is beyond 64 bits");
  return {};
}

// ── the end ───────────────────────────────────────────────────────────────────────────────────────

Result<void> Reader::compare(std::string_view label, const std::optional<Total>& stated,
                             const Total& read) const {
  if (!stated)
    return fail(
        Code::statement_truncated, std::string(label),
        "the file ends behind row " + std::to_string(lines_.lines()) + " without " + std::string(label));
  if (stated->count != read.count)
    return fail(Code::statement_mismatch, std::string(label),
                std::string(label) + ": the file states " + std::to_string(stated->count) + " rows and has " +
                    std::to_string(read.count));
  if (stated->settled != read.settled)
    return fail(Code::statement_mismatch, std::string(label),
                std::string(label) + ": the file states " + wire::yuan_from_fen(stated->settled) +
                    " and its rows come to " + wire::yuan_from_fen(read.settled));
  return {};
}

Result<StatementSummary> Reader::finish_file() {
  if (container_ == Container::unknown) return fail(Code::statement_truncated, "", "the file is empty");
  if (container_ == Container::zip)
    if (auto whole = zip_.finish(); !whole) return std::unexpected(std::move(whole.error()));
  if (!has_detail_) return fail(Code::statement_malformed, "", "the ZIP file has no table of 业务明细");
  if (auto ended = lines_.finish(); !ended) return std::unexpected(std::move(ended.error()));
  if (!begun_.empty())
    return row_error(Code::statement_truncated, begun_row_, "", "the file ends inside a quoted cell");
  if (place_ != Place::behind_table)
    return fail(Code::statement_truncated, "",
                "the file ends behind row " + std::to_string(lines_.lines()) + ", before the table does");
  if (auto same = compare("交易合计", stated_payments_, payments_); !same)
    return std::unexpected(std::move(same.error()));
  if (auto same = compare("退款合计", stated_refunds_, refunds_); !same)
    return std::unexpected(std::move(same.error()));
  StatementSummary summary;
  summary.account = account_;
  summary.payment_count = stated_payments_->count;
  summary.refund_count = stated_refunds_->count;
  summary.payment_settled = Money{stated_payments_->settled, currency_};
  summary.refund_settled = Money{stated_refunds_->settled, currency_};
  summary.lines_read = rows_;
  summary.bytes_unpacked = container_ == Container::zip ? zip_.bytes_unpacked() : text_size_;
  return summary;
}

Result<void> Reader::decoded(std::string_view text, std::uint64_t row, std::string_view column,
                             std::string& into) const {
  if (decoder_->decode(text, into)) return {};
  return row_error(Code::statement_malformed, row, column, "not in the file's encoding");
}

}  // namespace

std::unique_ptr<StatementReader> make_statement_reader(StatementSink sink, const StatementLimits& limits) {
  return std::make_unique<Reader>(std::move(sink), limits);
}

}  // namespace payweir::alipay
