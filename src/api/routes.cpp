#include "api/routes.hpp"

#include "api/dialects/quickstart/routes.hpp"
#include "api/dialects/transactions/routes.hpp"
#include "api/dialects/unipay/routes.hpp"
#include "api/health.hpp"
#include "api/native/accounts.hpp"
#include "api/native/feature_matrix.hpp"
#include "api/native/gateway_side.hpp"
#include "api/native/gsm.hpp"
#include "api/native/offered_methods.hpp"
#include "api/native/operators.hpp"
#include "api/native/payment_links.hpp"
#include "api/native/payments.hpp"
#include "api/native/refunds.hpp"
#include "api/native/routing.hpp"
#include "api/pages/checkout.hpp"

namespace payweir::api {

std::vector<Route> all_routes() {
  std::vector<Route> routes;
  for (const std::span<const Route> group :
       {health_routes(), native::payment_routes(), native::payment_link_routes(), native::refund_routes(),
        native::gateway_side_routes(), native::merchant_routes(), native::profile_routes(),
        native::api_key_routes(), native::connector_account_routes(), native::event_routes(),
        native::routing_routes(), native::gsm_routes(), native::operator_routes(),
        native::feature_matrix_routes(), native::offered_method_routes(), pages::checkout_routes(),
        dialects::unipay::routes(), dialects::transactions::routes(), dialects::quickstart::routes()})
    routes.insert(routes.end(), group.begin(), group.end());
  return routes;
}

}  // namespace payweir::api
