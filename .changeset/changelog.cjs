/** How a change stands in a CHANGELOG: its sentence for users, and nothing that only this repository knows. */
module.exports = {
  getReleaseLine: async ({ summary }) => `- ${summary.trim().replaceAll("\n", "\n  ")}`,
  // All packages have one version: that the others are new, too, goes without saying.
  getDependencyReleaseLine: async () => "",
};
