#include "domain/statement.hpp"

#include "base/check.hpp"

namespace payweir {

std::string_view statement_kind_name(StatementKind kind) {
  switch (kind) {
    case StatementKind::payment: return "payment";
    case StatementKind::refund: return "refund";
    case StatementKind::fee: return "fee";
    case StatementKind::payout: return "payout";
    case StatementKind::adjustment: return "adjustment";
    case StatementKind::other: return "other";
  }
  check(false, "no such kind of a statement's line");
  return "";
}

std::string line_key(const StatementLine& line) {
  std::string key(statement_kind_name(line.kind));
  // Each text behind its size: no id can be written so that two different lines have one key.
  for (const std::string* text :
       {&line.connector_payment_id, &line.connector_refund_id, &line.refund_reference}) {
    key.append(":").append(std::to_string(text->size())).append(":").append(*text);
  }
  key.append(":").append(std::to_string(line.gross.minor)).append(line.gross.currency.code());
  return key;
}

}  // namespace payweir
