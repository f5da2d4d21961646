#pragma once
// What routing learns from an attempt: fed once what became of it is committed.
#include "flows/context.hpp"
#include "flows/snapshot.hpp"

namespace payweir::flows {

// `snapshot`: with the attempt and the account that the outcome is of. Only authorisations teach; a payer who
// is still asked, and what is still pending, teach nothing yet. An answer that did not come counts as a
// technical failure when it should have come, and for what it was once that is known.
void learn_from(Context& context, const PaymentSnapshot& snapshot, const Outcome& outcome);

// What an outcome says of an account; nothing: it says nothing.
[[nodiscard]] std::optional<routing::Observation> observation_of(const Outcome& outcome);

}  // namespace payweir::flows
