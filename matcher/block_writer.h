// Writes the blocks that are made from the index alone, persons and alerts,
// once for all commands of a group.
#ifndef SAMKOER_MATCHER_BLOCK_WRITER_H_
#define SAMKOER_MATCHER_BLOCK_WRITER_H_

#include "matcher/loop_state.h"
#include "matcher/transaction.h"

namespace samkoer::matcher {

// Adds every dirty block to the transaction; none is dirty afterwards. A block
// without anybody left is deleted. Uses all threads for many blocks.
void WriteDirtyBlocks(LoopState& state, Transaction& tx);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_BLOCK_WRITER_H_
