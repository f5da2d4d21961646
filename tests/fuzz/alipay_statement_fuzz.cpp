// Alipay's statements: the first byte chooses the size of the pieces that the rest is fed in. However a file
// is cut, it is read the same; what is read has the sums that the file states.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "connectors/alipay/statement.hpp"

namespace {

using namespace payweir;

struct Read {
  std::int64_t payments = 0, refunds = 0;  // fen
  std::uint64_t lines = 0;
  std::string keys, error;
  friend bool operator==(const Read&, const Read&) = default;
};

Read read(std::string_view bytes, std::size_t piece_size) {
  Read read;
  const StatementLimits limits{.row_count_max = 1000, .bytes_unpacked_max = std::uint64_t{1} << 20};
  const auto reader = alipay::make_statement_reader(
      [&](const StatementLine& line) -> Result<void> {
        check(!line.connector_payment_id.empty() && line.row > 0, "a line without what names it");
        if (line.kind == StatementKind::payment) read.payments += line.settled.minor;
        if (line.kind == StatementKind::refund) read.refunds += line.settled.minor;
        read.keys += line_key(line);
        ++read.lines;
        return {};
      },
      limits);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece_size, bytes.size())))
    if (auto fed = reader->feed(bytes.substr(0, piece_size)); !fed) {
      read.error = fed.error().detail;
      return read;
    }
  const auto summary = reader->finish();
  if (!summary) {
    read.error = summary.error().detail;
    return read;
  }
  check(summary->payment_settled->minor == read.payments, "payments that are not what the file states");
  check(summary->refund_settled->minor == read.refunds, "refunds that are not what the file states");
  check(summary->lines_read == read.lines, "lines that were not handed on");
  return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  check(read(bytes, bytes.size()) == read(bytes, data[0] % 64 + 1u), "a file that depends on how it is cut");
  return 0;
}
