import { memoryCluster, MemoryHub } from "@telsiz/cluster";
import { clusterRecoveryTests } from "./cluster-recovery-body.ts";

clusterRecoveryTests(() => memoryCluster(new MemoryHub(), { heartbeat: 50 }));
