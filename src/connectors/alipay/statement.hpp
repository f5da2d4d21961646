#pragma once
// Alipay's statement of a day, "业务明细": a ZIP file with a table of all payments and refunds and a second
// one of sums, which is not read. The texts and the names inside are GBK. The table alone, unpacked, is read
// too; it may be UTF-8 when a byte order mark says so.
#include <memory>

#include "domain/statement.hpp"

namespace payweir::alipay {

[[nodiscard]] std::unique_ptr<StatementReader> make_statement_reader(StatementSink sink,
                                                                     const StatementLimits& limits = {});

}  // namespace payweir::alipay
