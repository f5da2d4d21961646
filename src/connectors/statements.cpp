#include "connectors/statements.hpp"

#include "connectors/alipay/statement.hpp"
#include "connectors/wechatpay/statement.hpp"

namespace payweir {

std::unique_ptr<StatementReader> make_statement_reader(std::string_view connector, StatementSink sink,
                                                       std::string announced_hash) {
  if (connector == "alipay") return alipay::make_statement_reader(std::move(sink));
  if (connector == "wechatpay")
    return wechatpay::make_statement_reader(std::move(sink), std::move(announced_hash));
  return nullptr;
}

}  // namespace payweir
