// Prints what /metrics shows when every series has a sample, for check_rules.py.
#include <iostream>

#include "connectors/connector.hpp"
#include "flows/telemetry.hpp"

using namespace payweir;

int main() {
  flows::Telemetry telemetry;
  telemetry.count_payment(0, PaymentState::succeeded);
  telemetry.certificate_ends_ms[0][0] = 1'000;
  const flows::AccountLabel account{"mca_1", std::string(all_connectors().front()->capabilities().name)};
  telemetry.publish_breakers({{account, OperationKind::authorise, routing::BreakerState::open}});
  telemetry.publish_success({{account, 1'000'000}});
  std::cout << telemetry.render(store::Store::Statistics());
}
