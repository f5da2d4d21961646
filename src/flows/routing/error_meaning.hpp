#pragma once
// What a gateway's no means, in words that are the same for all gateways: by the retry rule for it, as it was
// when the answer came. It is stored with the attempt or refund, so that what a payment was said to have
// failed of stays said, whatever becomes of the rules.
#include <string>
#include <string_view>

#include "flows/context.hpp"

namespace payweir::flows {

struct ErrorMeaning {
  std::string unified_code, unified_message;  // "UE_1000", "Issue with Payment Method details"; never ""
  std::string standardised_code;              // "insufficient_funds"; "" when there is none, as those below
  std::string description, user_guidance_message;
};

// Of an attempt or a refund that shows an error. Without a rule it is told from the reason of the decline.
[[nodiscard]] ErrorMeaning meaning_of(const Attempt& attempt);
[[nodiscard]] ErrorMeaning meaning_of(const Refund& refund);

// Writes the meaning into the error of an outcome that is a no. One whose rules cannot be read is left as it
// is: the outcome counts, its words do not.
[[nodiscard]] Task<void> explain(Context& context, std::string connector, OperationKind kind,
                                 Outcome& outcome);

}  // namespace payweir::flows
