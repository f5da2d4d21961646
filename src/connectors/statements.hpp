#pragma once
// Which gateways' statements this build reads.
#include <memory>
#include <string>
#include <string_view>

#include "domain/statement.hpp"

namespace payweir {

// Nothing when there is no such connector, or it has no statements. `announced_hash` is what the gateway said
// of the file, in hex, for those that do.
[[nodiscard]] std::unique_ptr<StatementReader> make_statement_reader(std::string_view connector,
                                                                     StatementSink sink,
                                                                     std::string announced_hash = {});

}  // namespace payweir
