#pragma once
// Statements for tests and for the bench: packed as the gateways pack them, and of any size without being
// anywhere as a whole.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "connectors/wire/inflate_stream.hpp"
#include "domain/statement.hpp"

namespace payweir::testkit {

// Requires: UTF-8 that GBK can express.
[[nodiscard]] std::string gbk(std::string_view utf8);

struct ZipEntry {
  std::string name;
  std::string bytes;
  bool is_deflated = true;
  bool has_descriptor = false;  // sizes and checksum behind the data, as writers do that stream
  bool has_descriptor_signature = true;
  bool is_zip64 = false;
  bool name_is_utf8 = false;
};
[[nodiscard]] std::string zip_of(const std::vector<ZipEntry>& entries);
[[nodiscard]] std::string gzip_of(std::string_view bytes);

// A day's ZIP of Alipay: the table, in UTF-8 here and in GBK there, and the sums.
[[nodiscard]] std::string alipay_zip(std::string_view table_utf8);

struct ReadStatement {
  Result<StatementSummary> summary;
  std::vector<StatementLine> lines;
};
using MakeReader = std::unique_ptr<StatementReader> (*)(StatementSink sink);
// Feeds `bytes` in pieces of that size.
[[nodiscard]] ReadStatement read_statement(MakeReader make_reader, std::string_view bytes,
                                           std::size_t piece_size = std::size_t{64} * 1024);

enum class Gateway : std::uint8_t { alipay, wechatpay };

struct LongStatement {
  Gateway gateway = Gateway::alipay;
  std::uint64_t text_size = 0;  // about; of the unpacked text
  std::uint64_t bad_row = 0;    // the row of the file whose fee is not an amount; 0: none
};
struct LongStatementMade {
  std::uint64_t rows = 0;  // payments and refunds
  std::uint64_t text_size = 0;
  std::uint64_t last_row = 0;  // of the last payment or refund, in the file
};
// Packed, piece by piece; ends with what the sink returns when that is an error.
[[nodiscard]] Result<LongStatementMade> stream_statement(const LongStatement& wanted,
                                                         const wire::ByteSink& sink);

}  // namespace payweir::testkit
