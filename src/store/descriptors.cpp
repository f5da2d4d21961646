// Everything that is made from the descriptors, once a type of row: they are the costliest templates of the
// switch to compile.
#include "store/descriptors.hpp"

#include "base/check.hpp"

namespace payweir::store {

template <class Row>
const Table& table_of() {
  static const Table table = [] {
    Table made{Describe<Row>::name, {}, false};
    std::apply(
        [&](const auto&... member) {
          (made.columns.push_back({member.name, member.type, member.is_immutable}), ...);
        },
        Describe<Row>::members());
    for (const Column& column : made.columns)
      made.versioned |= column.name == "version";
    check(made.columns.front().name == "key", "a table's first column is its key");
    return made;
  }();
  return table;
}

template <class Row>
void append_values(const Row& row, std::vector<Value>& values) {
  std::apply([&](const auto&... member) { (values.push_back(to_value(member.access(row))), ...); },
             Describe<Row>::members());
}

template <class Row>
Row from_values(const std::vector<Value>& values) {
  Row row;
  std::size_t index = 0;
  std::apply([&](const auto&... member) { (from_value(values.at(index++), member.access(row)), ...); },
             Describe<Row>::members());
  return row;
}

template <class Row>
std::int64_t version_of(const Row& row) {
  std::int64_t version = 0;
  std::apply(
      [&](const auto&... member) {
        ((member.name == "version" ? from_value(to_value(member.access(row)), version) : void()), ...);
      },
      Describe<Row>::members());
  return version;
}

#define PAYWEIR_COMPILE(Row)                                         \
  template const Table& table_of<Row>();                             \
  template void append_values<Row>(const Row&, std::vector<Value>&); \
  template Row from_values<Row>(const std::vector<Value>&);          \
  template std::int64_t version_of<Row>(const Row&);

PAYWEIR_COMPILE(MerchantRow)
PAYWEIR_COMPILE(ProfileRow)
PAYWEIR_COMPILE(ApiKeyRow)
PAYWEIR_COMPILE(ConnectorAccountRow)
PAYWEIR_COMPILE(RoutingAlgorithmRow)
PAYWEIR_COMPILE(RetryRuleRow)
PAYWEIR_COMPILE(GatewayStatisticsRow)
PAYWEIR_COMPILE(PaymentRow)
PAYWEIR_COMPILE(PaymentStateRow)
PAYWEIR_COMPILE(AttemptRow)
PAYWEIR_COMPILE(OperationRow)
PAYWEIR_COMPILE(RefundRow)
PAYWEIR_COMPILE(AliasRow)
PAYWEIR_COMPILE(IdempotencyRow)
PAYWEIR_COMPILE(AnswerRow)
PAYWEIR_COMPILE(PostingRow)
PAYWEIR_COMPILE(OutboxRow)
PAYWEIR_COMPILE(DeliveryRow)
PAYWEIR_COMPILE(InboxRow)
PAYWEIR_COMPILE(CallbackBodyRow)
PAYWEIR_COMPILE(ManualSettlementRow)
PAYWEIR_COMPILE(InstanceRow)

#undef PAYWEIR_COMPILE

}  // namespace payweir::store
