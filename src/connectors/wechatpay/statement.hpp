#pragma once
// WeChat Pay's statement of a day, "交易账单" of the type ALL: a table in UTF-8, packed by gzip or not.
#include <memory>
#include <string>

#include "domain/statement.hpp"

namespace payweir::wechatpay {

// `announced_sha1`: hash_value, in hex, of the answer that named the file: of the unpacked bytes. "": nothing
// was announced, and nothing is compared.
[[nodiscard]] std::unique_ptr<StatementReader> make_statement_reader(StatementSink sink,
                                                                     std::string announced_sha1 = {},
                                                                     const StatementLimits& limits = {});

}  // namespace payweir::wechatpay
