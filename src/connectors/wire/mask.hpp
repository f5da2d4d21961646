#pragma once
// What a gateway quotes of what it was sent is for nobody to read: credentials and a payer's code are taken
// out of its words before these are kept or shown.
#include <string>
#include <string_view>

#include "connectors/connector.hpp"

namespace payweir::wire {

// Each occurrence of the secret becomes "***".
void mask(std::string& text, std::string_view secret);
// The same for every secret field of these credentials.
void mask_credentials(std::string& text, const Capabilities& capabilities,
                      const ConnectorCredentials& credentials);
// The words of an outcome, of the credentials and of the wallet's code that the request carried.
[[nodiscard]] Outcome masked(Outcome outcome, const ConnectorRequest& request,
                             const Capabilities& capabilities, const ConnectorCredentials& credentials);

}  // namespace payweir::wire
