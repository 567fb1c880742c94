//! Which nodes hang together, found while wires are added one by one (a "union-find" structure).

/// Groups of nodes.
pub(super) struct Groups {
    /// For each node another one of its group, or itself: then it stands for the group.
    leads_to: Vec<usize>,
}

impl Groups {
    /// Each of `count` nodes is a group of its own.
    pub(super) fn new(count: usize) -> Groups {
        Groups { leads_to: (0..count).collect() }
    }

    /// Makes one group of two. False: it was one already.
    pub(super) fn join(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.head(a), self.head(b));
        self.leads_to[a] = b;
        a != b
    }

    fn head(&mut self, mut node: usize) -> usize {
        while self.leads_to[node] != node {
            // Each step shortens the way for those who ask later.
            self.leads_to[node] = self.leads_to[self.leads_to[node]];
            node = self.leads_to[node];
        }
        node
    }
}
