// `payweir statement read`: a gateway's file as JSON lines. It touches no database.
#include <array>
#include <cstdio>
#include <memory>

#include "app/commands.hpp"
#include "app/process.hpp"
#include "base/json_writer.hpp"
#include "connectors/statements.hpp"

namespace payweir::app {
namespace {

constexpr std::size_t kPieceSize = std::size_t{64} * 1024;

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

int tell_and_fail(Error error) {
  error.field.clear();  // the detail names row and column already
  tell_error(error);
  return 1;
}

std::string json_of(const StatementLine& line) {
  json::Writer out;
  out.begin_object().field("row", static_cast<std::int64_t>(line.row));
  out.field("kind", statement_kind_name(line.kind)).field("booked_at", format_iso8601(line.booked_at));
  out.field("connector_payment_id", line.connector_payment_id);
  out.field("payment_reference", line.payment_reference);
  out.text_or_null("connector_refund_id", line.connector_refund_id);
  out.text_or_null("refund_reference", line.refund_reference);
  out.field("currency", line.gross.currency.code());
  out.field("gross", line.gross.minor).field("settled", line.settled.minor).field("fee", line.fee.minor);
  out.field("fee_hundred_thousandths", line.fee_hundred_thousandths);
  out.field("status", line.status).field("subject", line.subject).end_object();
  return std::move(out).take();
}

std::string json_of(const StatementSummary& summary) {
  json::Writer out;
  const auto number = [&](std::string_view name, const std::optional<std::int64_t>& stated) {
    stated ? out.field(name, *stated) : out.null_field(name);
  };
  const auto amount = [&](std::string_view name, const std::optional<Money>& stated) {
    stated ? out.field(name, stated->minor) : out.null_field(name);
  };
  out.begin_object().text_or_null("account", summary.account);
  number("line_count", summary.line_count);
  number("payment_count", summary.payment_count);
  number("refund_count", summary.refund_count);
  amount("payment_gross", summary.payment_gross);
  amount("payment_settled", summary.payment_settled);
  amount("refund_gross", summary.refund_gross);
  amount("refund_settled", summary.refund_settled);
  number("fee_hundred_thousandths", summary.fee_hundred_thousandths);
  out.field("lines_read", static_cast<std::int64_t>(summary.lines_read));
  out.field("bytes_unpacked", static_cast<std::int64_t>(summary.bytes_unpacked)).end_object();
  return std::move(out).take();
}

Result<void> print(const std::string& json) {
  if (std::fwrite(json.data(), 1, json.size(), stdout) == json.size() && std::fputc('\n', stdout) != EOF)
    return {};
  return fail(Code::internal, "", "the output cannot be written");
}

Result<StatementSummary> read_through(std::FILE& file, StatementReader& reader) {
  std::array<char, kPieceSize> piece;
  std::size_t size = 0;
  while ((size = std::fread(piece.data(), 1, piece.size(), &file)) > 0)
    if (auto fed = reader.feed({piece.data(), size}); !fed) return std::unexpected(std::move(fed.error()));
  if (std::ferror(&file) != 0) return fail(Code::internal, "", "the file cannot be read");
  return reader.finish();
}

}  // namespace

int run_statement_read(const StatementReadOptions& options) {
  prepare_process();
  const auto reader = make_statement_reader(
      options.connector,
      [&](const StatementLine& line) -> Result<void> {
        return options.summary ? Result<void>{} : print(json_of(line));
      },
      options.sha1);
  if (!reader)
    return tell_and_fail(
        {Code::connector_unknown, "", "no statements are read of connector " + options.connector});
  const File file(std::fopen(options.file.c_str(), "rb"), &std::fclose);
  if (!file) return tell_and_fail({Code::not_found, "", options.file + " cannot be opened"});
  const Result<StatementSummary> summary = read_through(*file, *reader);
  if (!summary) {
    std::fflush(stdout);
    return tell_and_fail(summary.error());
  }
  if (options.summary)
    if (auto printed = print(json_of(*summary)); !printed) return tell_and_fail(printed.error());
  if (std::fflush(stdout) != 0) return tell_and_fail({Code::internal, "", "the output cannot be written"});
  return 0;
}

}  // namespace payweir::app
